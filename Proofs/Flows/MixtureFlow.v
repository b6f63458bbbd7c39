(* The exact field of a mixture in R^d has a flow: it is a smooth field between any two times at which the path is
   regular. Its Jacobian is bounded on bounded sets (between components of different shape it is not bounded on all of
   R^d) and the field grows at most linearly. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Averages Differentiation TotalDerivatives SymmetricMatrices Gaussian
  ConditionalField ContinuityEquation AffinePaths MarginalField PosteriorMoments GrowthBounds GlobalTrajectories FlowsInSpace
  StartDerivative Determinants FlowLikelihood.
Open Scope R_scope.

(* ---------- continuity in time and place together ---------- *)
Definition nearby d (t : R) (x : vec) (P : R * vec -> Prop) :=
  exists del, 0 < del /\ forall s y, Rabs (s - t) < del -> distance d y x < del -> P (s, y).

Lemma nearby_filter d t x : Filter (nearby d t x).
Proof.
  constructor.
  - exists 1. split; [lra|]. auto.
  - intros P Q (e & E & H) (f & F & K). exists (Rmin e f). split; [now apply Rmin_pos|]. intros s y Hs Hy.
    split; [apply H|apply K]; (eapply Rlt_le_trans; [eassumption|apply Rmin_l || apply Rmin_r]).
  - intros P Q I (e & E & H). exists e. split; [exact E|]. intros s y Hs Hy. apply I. now apply H.
Qed.

Definition together d (f : R -> vec -> R) t x :=
  filterlim (fun z => f (fst z) (snd z)) (nearby d t x) (locally (f t x)).

Lemma together_eps d f t x : together d f t x -> forall eps, 0 < eps -> exists del, 0 < del /\
  forall s y, Rabs (s - t) < del -> distance d y x < del -> Rabs (f s y - f t x) < eps.
Proof.
  intros H eps He. assert (F := nearby_filter d t x).
  destruct (proj1 (filterlim_locally (F := nearby d t x) _ _) H (mkposreal eps He)) as (del & D & K).
  exists del. split; [exact D|]. intros s y Hs Hy. exact (K s y Hs Hy).
Qed.

Lemma together_comp d f t x (g : R -> R) : together d f t x -> continuous g (f t x) -> together d (fun s y => g (f s y)) t x.
Proof. intros H G. exact (filterlim_comp _ _ _ _ g _ _ _ H G). Qed.

Lemma together_plus d f g t x : together d f t x -> together d g t x -> together d (fun s y => f s y + g s y) t x.
Proof.
  intros F G. assert (Fi := nearby_filter d t x).
  exact (filterlim_comp_2 (fun z => f (fst z) (snd z)) (fun z => g (fst z) (snd z)) Rplus F G (filterlim_plus (V := R_NormedModule) _ _)).
Qed.

Lemma together_mult d f g t x : together d f t x -> together d g t x -> together d (fun s y => f s y * g s y) t x.
Proof.
  intros F G. assert (Fi := nearby_filter d t x).
  exact (filterlim_comp_2 (fun z => f (fst z) (snd z)) (fun z => g (fst z) (snd z)) Rmult F G (filterlim_mult (K := R_AbsRing) _ _)).
Qed.

Lemma together_const d c t x : together d (fun _ _ => c) t x.
Proof. assert (Fi := nearby_filter d t x). exact (filterlim_const (F := nearby d t x) c). Qed.

Lemma together_opp d f t x : together d f t x -> together d (fun s y => - f s y) t x.
Proof. intros F. apply (together_comp d f t x Ropp F). apply (continuous_opp (V := R_NormedModule) (fun z => z)), continuous_id. Qed.

Lemma together_minus d f g t x : together d f t x -> together d g t x -> together d (fun s y => f s y - g s y) t x.
Proof. intros F G. apply together_plus; [exact F|now apply together_opp]. Qed.

Lemma together_inv d f t x : together d f t x -> f t x <> 0 -> together d (fun s y => / f s y) t x.
Proof. intros F N. apply (together_comp d f t x Rinv F). now apply continuous_Rinv. Qed.

Lemma together_div d f g t x : together d f t x -> together d g t x -> g t x <> 0 -> together d (fun s y => f s y / g s y) t x.
Proof. intros F G N. apply together_mult; [exact F|now apply together_inv]. Qed.

Lemma together_sum d n (f : nat -> R -> vec -> R) t x : (forall k, (k < n)%nat -> together d (f k) t x) ->
  together d (fun s y => sumn n (fun k => f k s y)) t x.
Proof.
  induction n; intros H; simpl; [apply together_const|].
  apply (together_plus d (fun s y => sumn n (fun k => f k s y)) (f n)); [apply IHn; intros; apply H; lia|apply H; lia].
Qed.

Lemma together_product d n (f : nat -> R -> vec -> R) t x : (forall k, (k < n)%nat -> together d (f k) t x) ->
  together d (fun s y => prodn n (fun k => f k s y)) t x.
Proof.
  induction n; intros H; simpl; [apply together_const|].
  apply (together_mult d (fun s y => prodn n (fun k => f k s y)) (f n)); [apply IHn; intros; apply H; lia|apply H; lia].
Qed.

Lemma together_time d (f : R -> R) t x : continuous f t -> together d (fun s _ => f s) t x.
Proof.
  intros C. assert (Fi := nearby_filter d t x). apply filterlim_locally. intros eps.
  destruct (proj1 (filterlim_locally (F := locally t) _ _) C eps) as (del & D). exists del. split; [apply cond_pos|].
  intros s y Hs _. exact (D s Hs).
Qed.

Lemma together_coord d i t x : (i < d)%nat -> together d (fun _ y => y i) t x.
Proof.
  intros Hi. assert (Fi := nearby_filter d t x). apply filterlim_locally. intros eps. exists eps. split; [apply cond_pos|].
  intros s y _ Hy. change (Rabs (y i - x i) < eps). eapply Rle_lt_trans; [now apply (distance_coord d)|exact Hy].
Qed.

(* ---------- averages ---------- *)
Lemma average_bound n (w F : nat -> R) B : (forall k, (k < n)%nat -> 0 <= w k) -> 0 < sumn n w ->
  (forall k, (k < n)%nat -> Rabs (F k) <= B) -> Rabs (average n w F) <= B.
Proof.
  intros W S H. unfold average, Rdiv. rewrite Rabs_mult, (Rabs_right (/ _)) by (left; now apply Rinv_0_lt_compat).
  apply Rmult_le_reg_r with (sumn n w); [exact S|]. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
  eapply Rle_trans; [apply sumn_Rabs|]. rewrite <- sumn_scal. apply sumn_le. intros k Hk.
  rewrite Rabs_mult, (Rabs_right (w k)) by (apply Rle_ge; auto). rewrite Rmult_comm. apply Rmult_le_compat_r; auto.
Qed.

Lemma covariance_bound n (w F G : nat -> R) B C : (forall k, (k < n)%nat -> 0 <= w k) -> 0 < sumn n w ->
  (forall k, (k < n)%nat -> Rabs (F k) <= B) -> (forall k, (k < n)%nat -> Rabs (G k) <= C) -> 0 <= B -> 0 <= C ->
  Rabs (covariance n w F G) <= 2 * B * C.
Proof.
  intros W S H K B0 C0. unfold covariance. eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp, Rabs_mult.
  assert (Q1 : Rabs (average n w (fun k => F k * G k)) <= B * C).
  { apply average_bound; auto. intros k Hk. rewrite Rabs_mult. apply Rmult_le_compat; auto using Rabs_pos. }
  assert (Q2 : Rabs (average n w F) * Rabs (average n w G) <= B * C).
  { apply Rmult_le_compat; try apply Rabs_pos; now apply average_bound. }
  lra.
Qed.

Lemma average_sum n d (w : nat -> R) (F : nat -> nat -> R) (v : vec) :
  average n w (fun k => sumn d (fun j => F k j * v j)) = sumn d (fun j => average n w (fun k => F k j) * v j).
Proof.
  unfold average. rewrite (sumn_ext n _ (fun k => sumn d (fun j => w k * F k j * v j))).
  - rewrite sumn_swap. unfold Rdiv at 1. rewrite Rmult_comm, <- sumn_scal. apply sumn_ext. intros j _.
    rewrite (sumn_ext n (fun k => w k * F k j * v j) (fun k => v j * (w k * F k j))) by (intros; ring).
    rewrite sumn_scal. unfold Rdiv. ring.
  - intros k _. rewrite <- sumn_scal. apply sumn_ext. intros; ring.
Qed.

Lemma covariance_sum n d (w F : nat -> R) (G : nat -> nat -> R) (v : vec) :
  covariance n w F (fun k => sumn d (fun j => G k j * v j)) = sumn d (fun j => covariance n w F (fun k => G k j) * v j).
Proof.
  unfold covariance. rewrite (average_ext n w _ (fun k => sumn d (fun j => F k * G k j * v j))).
  - rewrite (average_sum n d w (fun k j => F k * G k j)), average_sum, <- sumn_scal, <- sumn_minus.
    apply sumn_ext. intros; ring.
  - intros k _. rewrite <- sumn_scal. apply sumn_ext. intros; ring.
Qed.

(* ---------- the mixture ---------- *)
(* Between a and b the path is regular and its derivatives are continuous. *)
Definition smooth_path (p : path) (a b : R) := forall t, a <= t <= b ->
  regular p t /\ continuous (alphaDot p) t /\ continuous (halfVarianceDot p) t.

Lemma bounded_on_interval (f : R -> R) a b : a <= b -> (forall t, a <= t <= b -> continuous f t) ->
  exists B, 0 <= B /\ forall t, a <= t <= b -> Rabs (f t) <= B.
Proof.
  intros Hab C. destruct (continuity_ab_maj (fun t => Rabs (f t)) a b Hab) as (m & H & _).
  - intros t Ht. apply continuity_pt_filterlim. apply (continuous_comp f Rabs); [now apply C|]. apply (filterlim_norm (V := R_NormedModule)).
  - exists (Rabs (f m)). split; [apply Rabs_pos|exact H].
Qed.

Section Mixture.
Variable p : path.
Variables (d n : nat) (q : nat -> R) (m s : nat -> nat -> R).
Hypothesis Hq : forall k, (k < n)%nat -> 0 <= q k.
Hypothesis Hq0 : exists k, (k < n)%nat /\ 0 < q k.
Variables (a b : R).
Hypothesis Hab : a <= b.
Hypothesis Hpath : smooth_path p a b.

Let u := mixture_velocity p d n q m s.
Let wt := weight p d q m s.
Let g t x k i := component_score p m s t x k i.
Let e t x k i := component_denoiser p m s t x k i.
Let V t k i := component_variance p s t k i.

(* du_i/dx_j, at times with alpha = 0 as well *)
Definition mixture_jacobian (t : R) (x : vec) (i j : nat) : R :=
  kronecker i j * average n (weight p d q m s t x) (fun k =>
    (alpha p t * alphaDot p t * (s k i * s k i) + halfVarianceDot p t) / component_variance p s t k i)
  - alphaDot p t * covariance n (weight p d q m s t x) (fun k => component_denoiser p m s t x k i) (fun k => component_score p m s t x k j)
  - halfVarianceDot p t * covariance n (weight p d q m s t x) (fun k => component_score p m s t x k i) (fun k => component_score p m s t x k j).

Lemma regular_at t : a <= t <= b -> regular p t.
Proof. intros Ht. now apply Hpath. Qed.

Lemma V_pos t k i : a <= t <= b -> 0 < V t k i.
Proof. intros Ht. now apply component_variance_pos, regular_at. Qed.

Lemma wt_pos t x k : a <= t <= b -> (k < n)%nat -> 0 <= wt t x k.
Proof. intros Ht Hk. apply Rmult_le_pos; [auto|]. apply Rlt_le, component_density_pos. now apply regular_at. Qed.

Lemma total_pos t x : a <= t <= b -> 0 < sumn n (wt t x).
Proof. intros Ht. apply (mixture_density_pos p d n q m s Hq Hq0 t). now apply regular_at. Qed.

(* along a line *)
Lemma weight_along t x v k : a <= t <= b ->
  is_derive (fun h => wt t (moved x v h) k) 0 (- (wt t x k * sumn d (fun j => g t x k j * v j))).
Proof.
  intros Ht. assert (P : forall j, 0 < V t k j) by (intros j; now apply V_pos).
  assert (S : forall j, 0 < sqrt (V t k j)) by (intros j; now apply sqrt_lt_R0).
  assert (E0 : moved x v 0 = x) by (apply functional_extensionality; intros j; unfold moved; ring).
  unfold wt, weight. eapply is_derive_eq.
  - apply (is_derive_scal (fun h => component_density p d m s k t (moved x v h))). unfold component_density, gauss_vec.
    apply (is_derive_prodn d (fun j h => gauss (alpha p t * m k j) (sqrt (V t k j)) (moved x v h j))
      (fun j => - (g t x k j * v j) * gauss (alpha p t * m k j) (sqrt (V t k j)) (x j))).
    + intros j _. eapply is_derive_eq.
      * apply (is_derive_comp (gauss (alpha p t * m k j) (sqrt (V t k j))) (fun h => moved x v h j)).
        -- apply gauss_derive_x. apply Rgt_not_eq, S.
        -- instantiate (1 := v j). unfold moved. auto_derive; [easy|ring].
      * unfold scal; simpl; unfold mult; simpl. rewrite E0. unfold g, component_score. fold (V t k j).
        assert (Q := sqrt_sqrt _ (Rlt_le _ _ (P j))). set (r := sqrt (V t k j)) in *. rewrite <- Q. assert (R0 := S j). fold r in R0. field. lra.
    + intros j _. apply Rgt_not_eq, gauss_pos, S.
  - rewrite E0. unfold component_density, gauss_vec. fold (V t k).
    rewrite (sumn_ext d _ (fun j => - (g t x k j * v j))).
    + rewrite sumn_opp. unfold V. ring.
    + intros j _. assert (G := gauss_pos (alpha p t * m k j) (sqrt (V t k j)) (x j) (S j)). field. lra.
Qed.

Lemma score_along t x v k i : a <= t <= b -> is_derive (fun h => g t (moved x v h) k i) 0 (v i / V t k i).
Proof.
  intros Ht. assert (P := V_pos t k i Ht). unfold g, component_score. fold (V t k i). unfold moved. auto_derive; [easy|]. field. lra.
Qed.

Lemma denoiser_along t x v k i : a <= t <= b ->
  is_derive (fun h => e t (moved x v h) k i) 0 (alpha p t * (s k i * s k i) * (v i / V t k i)).
Proof.
  intros Ht. unfold e, component_denoiser. eapply is_derive_eq.
  - apply (is_derive_plus (fun _ => m k i)); [apply (is_derive_const (m k i))|].
    apply (is_derive_scal (fun h => g t (moved x v h) k i)). now apply score_along.
  - unfold plus, zero; simpl. ring.
Qed.

Lemma average_along (F : R -> vec -> nat -> R) (dF : nat -> R) t x v : a <= t <= b ->
  (forall k, (k < n)%nat -> is_derive (fun h => F t (moved x v h) k) 0 (dF k)) ->
  is_derive (fun h => average n (wt t (moved x v h)) (F t (moved x v h))) 0
    (average n (wt t x) dF - sumn d (fun j => covariance n (wt t x) (F t x) (fun k => g t x k j) * v j)).
Proof.
  intros Ht HF. rewrite <- covariance_sum.
  assert (E0 : moved x v 0 = x) by (apply functional_extensionality; intros j; unfold moved; ring).
  assert (D := average_derivative n (fun k h => wt t (moved x v h) k) (fun k h => F t (moved x v h) k)
    (fun k => sumn d (fun j => g t x k j * v j)) dF 0).
  cbv beta in D. rewrite E0 in D. apply D.
  - intros k Hk. now apply weight_along.
  - exact HF.
  - apply Rgt_not_eq. now apply total_pos.
Qed.

Lemma velocity_along t x v i : a <= t <= b -> (i < d)%nat ->
  is_derive (fun h => u t (moved x v h) i) 0 (sumn d (fun j => mixture_jacobian t x i j * v j)).
Proof.
  intros Ht Hi. unfold u, mixture_velocity, denoiser, negative_score. eapply is_derive_eq.
  - apply (is_derive_plus (V := R_NormedModule)).
    + apply (is_derive_scal (fun h => average n (wt t (moved x v h)) (fun k => e t (moved x v h) k i))).
      apply (average_along (fun t x k => e t x k i) (fun k => alpha p t * (s k i * s k i) * (v i / V t k i))); [exact Ht|].
      intros k _. now apply denoiser_along.
    + apply (is_derive_scal (fun h => average n (wt t (moved x v h)) (fun k => g t (moved x v h) k i))).
      apply (average_along (fun t x k => g t x k i) (fun k => v i / V t k i)); [exact Ht|].
      intros k _. now apply score_along.
  - unfold plus; simpl. assert (P := total_pos t x Ht).
    set (X := fun k => (alpha p t * alphaDot p t * (s k i * s k i) + halfVarianceDot p t) / V t k i).
    rewrite (sumn_ext d (fun j => mixture_jacobian t x i j * v j) (fun j => kronecker i j * (average n (wt t x) X * v j)
      - (alphaDot p t * (covariance n (wt t x) (fun k => e t x k i) (fun k => g t x k j) * v j)
         + halfVarianceDot p t * (covariance n (wt t x) (fun k => g t x k i) (fun k => g t x k j) * v j)))).
    2:{ intros j _. change (mixture_jacobian t x i j) with (kronecker i j * average n (wt t x) X
        - alphaDot p t * covariance n (wt t x) (fun k => e t x k i) (fun k => g t x k j)
        - halfVarianceDot p t * covariance n (wt t x) (fun k => g t x k i) (fun k => g t x k j)). ring. }
    rewrite sumn_minus, sumn_plus, !sumn_scal.
    rewrite (sumn_kronecker d i (fun j => average n (wt t x) X * v j) Hi).
    assert (E : average n (wt t x) X * v i = alphaDot p t * average n (wt t x) (fun k => alpha p t * (s k i * s k i) * (v i / V t k i))
      + halfVarianceDot p t * average n (wt t x) (fun k => v i / V t k i)).
    { rewrite <- !average_scal, <- average_plus by lra. rewrite Rmult_comm, <- average_scal. apply average_ext. intros k _.
      unfold X. assert (Q := V_pos t k i Ht). field. lra. }
    rewrite E. ring.
Qed.

(* continuity together *)
Lemma variance_together t x k i : a <= t <= b -> together d (fun r _ => V r k i) t x.
Proof.
  intros Ht. apply together_time. apply (ex_derive_continuous (V := R_NormedModule)). eexists.
  apply component_variance_derive. now apply regular_at.
Qed.

Lemma alpha_together t x : a <= t <= b -> together d (fun r _ => alpha p r) t x.
Proof.
  intros Ht. apply together_time. apply (ex_derive_continuous (V := R_NormedModule)). exists (alphaDot p t). now apply regular_at.
Qed.

Lemma score_together t x k i : a <= t <= b -> (i < d)%nat -> together d (fun r y => g r y k i) t x.
Proof.
  intros Ht Hi. apply (together_div d (fun r y => y i - alpha p r * m k i) (fun r _ => V r k i)).
  - apply together_minus; [now apply together_coord|]. apply together_mult; [now apply alpha_together|apply together_const].
  - now apply variance_together.
  - apply Rgt_not_eq. now apply V_pos.
Qed.

Lemma denoiser_together t x k i : a <= t <= b -> (i < d)%nat -> together d (fun r y => e r y k i) t x.
Proof.
  intros Ht Hi. apply (together_plus d (fun _ _ => m k i)); [apply together_const|].
  apply (together_mult d (fun r _ => alpha p r * (s k i * s k i))); [|now apply score_together].
  apply together_mult; [now apply alpha_together|apply together_const].
Qed.

Lemma weight_together t x k : a <= t <= b -> together d (fun r y => wt r y k) t x.
Proof.
  intros Ht. apply (together_mult d (fun _ _ => q k)); [apply together_const|].
  apply (together_product d d (fun j r y => gauss (alpha p r * m k j) (sqrt (V r k j)) (y j))). intros j Hj.
  assert (P := V_pos t k j Ht). assert (S := sqrt_lt_R0 _ P).
  assert (R_ : together d (fun r _ => sqrt (V r k j)) t x).
  { apply (together_comp d (fun r _ => V r k j) t x sqrt); [now apply variance_together|].
    apply continuity_pt_filterlim, continuity_pt_sqrt. lra. }
  unfold gauss. apply together_div.
  - apply (together_comp d (fun r y => - (y j - alpha p r * m k j) ^ 2 / (2 * sqrt (V r k j) ^ 2)) t x exp).
    + apply together_div.
      * apply together_opp. simpl. assert (D : together d (fun r y => y j - alpha p r * m k j) t x).
        { apply together_minus; [now apply together_coord|]. apply together_mult; [now apply alpha_together|apply together_const]. }
        apply together_mult; [exact D|]. apply together_mult; [exact D|apply together_const].
      * apply together_mult; [apply together_const|]. simpl. apply together_mult; [exact R_|]. apply together_mult; [exact R_|apply together_const].
      * apply Rgt_not_eq. apply Rmult_lt_0_compat; [lra|now apply pow_lt].
    + apply continuous_exp.
  - apply together_mult; [apply together_const|exact R_].
  - apply Rgt_not_eq, Rmult_lt_0_compat; [apply sqrt2pi_pos|exact S].
Qed.

Lemma average_together (F : R -> vec -> nat -> R) t x : a <= t <= b ->
  (forall k, (k < n)%nat -> together d (fun r y => F r y k) t x) -> together d (fun r y => average n (wt r y) (F r y)) t x.
Proof.
  intros Ht HF. apply together_div.
  - apply (together_sum d n (fun k r y => wt r y k * F r y k)). intros k Hk. apply together_mult; [now apply weight_together|now apply HF].
  - apply (together_sum d n (fun k r y => wt r y k)). intros k Hk. now apply weight_together.
  - apply Rgt_not_eq. now apply total_pos.
Qed.

Lemma covariance_together (F G : R -> vec -> nat -> R) t x : a <= t <= b ->
  (forall k, (k < n)%nat -> together d (fun r y => F r y k) t x) -> (forall k, (k < n)%nat -> together d (fun r y => G r y k) t x) ->
  together d (fun r y => covariance n (wt r y) (F r y) (G r y)) t x.
Proof.
  intros Ht HF HG. apply together_minus.
  - apply (average_together (fun r y k => F r y k * G r y k)); [exact Ht|]. intros k Hk. apply together_mult; auto.
  - apply together_mult; now apply average_together.
Qed.

Lemma rates_together t x : a <= t <= b -> together d (fun r _ => alphaDot p r) t x /\ together d (fun r _ => halfVarianceDot p r) t x.
Proof. intros Ht. split; apply together_time; now apply Hpath. Qed.

Lemma velocity_together t x i : a <= t <= b -> (i < d)%nat -> together d (fun r y => u r y i) t x.
Proof.
  intros Ht Hi. destruct (rates_together t x Ht) as [A H].
  apply (together_plus d (fun r y => alphaDot p r * average n (wt r y) (fun k => e r y k i))).
  - apply together_mult; [exact A|]. apply (average_together (fun r y k => e r y k i)); [exact Ht|]. intros k _. now apply denoiser_together.
  - apply together_mult; [exact H|]. apply (average_together (fun r y k => g r y k i)); [exact Ht|]. intros k _. now apply score_together.
Qed.

Lemma jacobian_together t x i j : a <= t <= b -> (i < d)%nat -> (j < d)%nat -> together d (fun r y => mixture_jacobian r y i j) t x.
Proof.
  intros Ht Hi Hj. destruct (rates_together t x Ht) as [A H]. unfold mixture_jacobian.
  apply together_minus; [apply together_minus|].
  - apply together_mult; [apply together_const|].
    apply (average_together (fun r _ k => (alpha p r * alphaDot p r * (s k i * s k i) + halfVarianceDot p r) / V r k i)); [exact Ht|].
    intros k _. apply together_div; [|now apply variance_together|apply Rgt_not_eq; now apply V_pos].
    apply together_plus; [|exact H]. apply together_mult; [|apply together_const]. apply together_mult; [now apply alpha_together|exact A].
  - apply together_mult; [exact A|].
    apply (covariance_together (fun r y k => e r y k i) (fun r y k => g r y k j)); [exact Ht| |]; intros k _.
    + now apply denoiser_together.
    + now apply score_together.
  - apply together_mult; [exact H|].
    apply (covariance_together (fun r y k => g r y k i) (fun r y k => g r y k j)); [exact Ht| |]; intros k _; now apply score_together.
Qed.

(* bounds *)
Lemma path_bounds : exists B, 1 <= B /\ forall t, a <= t <= b ->
  Rabs (alpha p t) <= B /\ Rabs (alphaDot p t) <= B /\ Rabs (halfVarianceDot p t) <= B /\ forall k i, / V t k i <= B.
Proof.
  assert (C : forall t, a <= t <= b -> continuous (alpha p) t /\ continuous (fun t => / variance p t) t).
  { intros t Ht. destruct (regular_at t Ht) as (S & DA & DS). split.
    - apply (ex_derive_continuous (V := R_NormedModule)). now exists (alphaDot p t).
    - apply (continuous_comp (variance p) Rinv).
      + apply (ex_derive_continuous (V := R_NormedModule)). unfold variance.
        exists (sigmaDot p t * sigma p t + sigma p t * sigmaDot p t). now apply is_derive_product.
      + apply continuous_Rinv. unfold variance. apply Rgt_not_eq. now apply Rmult_lt_0_compat. }
  destruct (bounded_on_interval (alpha p) a b Hab (fun t Ht => proj1 (C t Ht))) as (B1 & _ & H1).
  destruct (bounded_on_interval (alphaDot p) a b Hab (fun t Ht => proj1 (proj2 (Hpath t Ht)))) as (B2 & _ & H2).
  destruct (bounded_on_interval (halfVarianceDot p) a b Hab (fun t Ht => proj2 (proj2 (Hpath t Ht)))) as (B3 & _ & H3).
  destruct (bounded_on_interval _ a b Hab (fun t Ht => proj2 (C t Ht))) as (B4 & _ & H4).
  exists (1 + Rabs B1 + Rabs B2 + Rabs B3 + Rabs B4).
  assert (Q1 := Rabs_pos B1). assert (Q2 := Rabs_pos B2). assert (Q3 := Rabs_pos B3). assert (Q4 := Rabs_pos B4).
  assert (L1 := RRle_abs B1). assert (L2 := RRle_abs B2). assert (L3 := RRle_abs B3). assert (L4 := RRle_abs B4).
  split; [lra|]. intros t Ht. specialize (H1 t Ht). specialize (H2 t Ht). specialize (H3 t Ht). specialize (H4 t Ht).
  refine (conj _ (conj _ (conj _ _))); [lra|lra|lra|]. intros k i.
  assert (W : 0 < variance p t) by (destruct (regular_at t Ht) as (S & _); unfold variance; now apply Rmult_lt_0_compat).
  apply Rle_trans with (/ variance p t); [|apply RRle_abs in H4 || (assert (T := RRle_abs (/ variance p t)); lra)].
  - apply Rinv_le_contravar; [exact W|]. unfold V, component_variance.
    assert (T1 := Rle_0_sqr (alpha p t * s k i)). unfold Rsqr in T1. lra.
Qed.

Let M := sumn n (fun k => sumn d (fun i => Rabs (m k i))).
Let S2 := sumn n (fun k => sumn d (fun i => s k i * s k i)).

Lemma mean_bound k i : (k < n)%nat -> (i < d)%nat -> Rabs (m k i) <= M.
Proof.
  intros Hk Hi. apply Rle_trans with (sumn d (fun i => Rabs (m k i))).
  - apply (sumn_term d (fun i => Rabs (m k i))); [intros; apply Rabs_pos|exact Hi].
  - apply (sumn_term n (fun k => sumn d (fun i => Rabs (m k i)))); [intros; apply sumn_nonneg; intros; apply Rabs_pos|exact Hk].
Qed.

Lemma spread_bound k i : (k < n)%nat -> (i < d)%nat -> s k i * s k i <= S2.
Proof.
  intros Hk Hi. apply Rle_trans with (sumn d (fun i => s k i * s k i)).
  - apply (sumn_term d (fun i => s k i * s k i)); [intros; apply Rle_0_sqr|exact Hi].
  - apply (sumn_term n (fun k => sumn d (fun i => s k i * s k i))); [intros; apply sumn_nonneg; intros; apply Rle_0_sqr|exact Hk].
Qed.

Lemma bounds_pos : 0 <= M /\ 0 <= S2.
Proof. split; apply sumn_nonneg; intros; apply sumn_nonneg; intros; [apply Rabs_pos|apply Rle_0_sqr]. Qed.

Lemma component_bounds B t x k i r : 1 <= B -> 0 <= r -> a <= t <= b -> (k < n)%nat -> (i < d)%nat ->
  Rabs (alpha p t) <= B -> (forall k i, / V t k i <= B) -> Rabs (x i) <= r ->
  Rabs (g t x k i) <= B * (r + B * M) /\ Rabs (e t x k i) <= M + B * S2 * (B * (r + B * M)).
Proof.
  intros HB Hr Ht Hk Hi HA HV Hx. destruct bounds_pos as [M0 S0]. assert (P := V_pos t k i Ht).
  assert (I : 0 < / V t k i) by now apply Rinv_0_lt_compat. assert (HM := mean_bound k i Hk Hi). assert (HS := spread_bound k i Hk Hi).
  assert (G : Rabs (g t x k i) <= B * (r + B * M)).
  { unfold g, component_score. fold (V t k i). unfold Rdiv. rewrite Rabs_mult, (Rabs_right (/ _)) by lra. rewrite Rmult_comm.
    apply Rmult_le_compat; [lra|apply Rabs_pos|apply HV|]. eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp, Rabs_mult.
    apply Rplus_le_compat; [exact Hx|]. apply Rmult_le_compat; try apply Rabs_pos; assumption. }
  split; [exact G|]. unfold e, component_denoiser. eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat; [exact HM|].
  rewrite Rabs_mult. apply Rmult_le_compat; [apply Rabs_pos|apply Rabs_pos| |exact G].
  rewrite Rabs_mult, (Rabs_right (s k i * s k i)) by apply Rle_ge, Rle_0_sqr.
  apply Rmult_le_compat; [apply Rabs_pos|apply Rle_0_sqr|exact HA|exact HS].
Qed.

Lemma jacobian_bound r : exists L, forall t x i j, a <= t <= b -> in_box d r x -> (i < d)%nat -> (j < d)%nat ->
  Rabs (mixture_jacobian t x i j) <= L.
Proof.
  destruct path_bounds as (B & HB & H). destruct bounds_pos as [M0 S0]. set (r' := Rabs r). assert (R0 : 0 <= r') by apply Rabs_pos.
  set (Gb := B * (r' + B * M)). set (Eb := M + B * S2 * Gb).
  assert (G0 : 0 <= Gb) by (unfold Gb; apply Rmult_le_pos; [lra|]; assert (0 <= B * M) by (apply Rmult_le_pos; lra); lra).
  assert (E0 : 0 <= Eb) by (unfold Eb; assert (0 <= B * S2 * Gb) by (apply Rmult_le_pos; [apply Rmult_le_pos; lra|lra]); lra).
  exists ((B * B * S2 + B) * B + B * (2 * Eb * Gb) + B * (2 * Gb * Gb)).
  intros t x i j Ht Hx Hi Hj. destruct (H t Ht) as (HA & HD & HH & HV).
  assert (W := fun k => wt_pos t x k Ht). assert (T := total_pos t x Ht).
  assert (CB : forall k i, (k < n)%nat -> (i < d)%nat -> Rabs (g t x k i) <= Gb /\ Rabs (e t x k i) <= Eb).
  { intros k l Hk Hl. apply (component_bounds B t x k l r'); auto. apply Rle_trans with r; [now apply Hx|apply RRle_abs]. }
  set (X := fun k => (alpha p t * alphaDot p t * (s k i * s k i) + halfVarianceDot p t) / V t k i).
  change (mixture_jacobian t x i j) with (kronecker i j * average n (wt t x) X
    - alphaDot p t * covariance n (wt t x) (fun k => e t x k i) (fun k => g t x k j)
    - halfVarianceDot p t * covariance n (wt t x) (fun k => g t x k i) (fun k => g t x k j)).
  assert (A1 : Rabs (average n (wt t x) X) <= (B * B * S2 + B) * B).
  { apply average_bound; [exact W|exact T|]. intros k Hk. unfold X, Rdiv. assert (P := V_pos t k i Ht).
    assert (I : 0 < / V t k i) by now apply Rinv_0_lt_compat. rewrite Rabs_mult, (Rabs_right (/ _)) by lra.
    apply Rmult_le_compat; [apply Rabs_pos|lra| |apply HV]. eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat; [|exact HH].
    rewrite Rabs_mult, (Rabs_right (s k i * s k i)), Rabs_mult by apply Rle_ge, Rle_0_sqr.
    apply Rmult_le_compat; [apply Rmult_le_pos; apply Rabs_pos|apply Rle_0_sqr| |now apply spread_bound].
    apply Rmult_le_compat; try apply Rabs_pos; assumption. }
  assert (A2 : Rabs (covariance n (wt t x) (fun k => e t x k i) (fun k => g t x k j)) <= 2 * Eb * Gb).
  { apply covariance_bound; auto; intros k Hk; now apply CB. }
  assert (A3 : Rabs (covariance n (wt t x) (fun k => g t x k i) (fun k => g t x k j)) <= 2 * Gb * Gb).
  { apply covariance_bound; auto; intros k Hk; now apply CB. }
  eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp. apply Rplus_le_compat.
  - eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp. apply Rplus_le_compat.
    + rewrite Rabs_mult. assert (K : Rabs (kronecker i j) <= 1) by (unfold kronecker; destruct (Nat.eqb i j); rewrite ?Rabs_R0, ?Rabs_R1; lra).
      assert (P := Rabs_pos (average n (wt t x) X)). assert (P2 := Rabs_pos (kronecker i j)). nra.
    + rewrite Rabs_mult. apply Rmult_le_compat; try apply Rabs_pos; assumption.
  - rewrite Rabs_mult. apply Rmult_le_compat; try apply Rabs_pos; assumption.
Qed.

Lemma velocity_growth : exists growth, 0 <= growth /\ forall t x i, a <= t <= b -> (i < d)%nat -> Rabs (u t x i) <= growth * (1 + size d x).
Proof.
  destruct path_bounds as (B & HB & H). destruct bounds_pos as [M0 S0].
  assert (BM : 0 <= B * M) by (apply Rmult_le_pos; lra). assert (BS : 0 <= B * S2) by (apply Rmult_le_pos; lra).
  set (c := B * (1 + B * M)). assert (c0 : 0 <= c) by (apply Rmult_le_pos; lra).
  exists (B * (M + B * S2 * c) + B * c). split.
  { assert (0 <= B * S2 * c) by now apply Rmult_le_pos. assert (0 <= B * (M + B * S2 * c)) by (apply Rmult_le_pos; lra).
    assert (0 <= B * c) by (apply Rmult_le_pos; lra). lra. }
  intros t x i Ht Hi. destruct (H t Ht) as (HA & HD & HH & HV). set (r := size d x).
  assert (R0 : 0 <= r) by (apply sumn_nonneg; intros; apply Rabs_pos).
  assert (Hx : Rabs (x i) <= r) by (apply (sumn_term d (fun j => Rabs (x j))); [intros; apply Rabs_pos|exact Hi]).
  assert (W := fun k => wt_pos t x k Ht). assert (T := total_pos t x Ht).
  assert (LG : B * (r + B * M) <= c * (1 + r)).
  { unfold c. rewrite Rmult_assoc. apply Rmult_le_compat_l; [lra|]. assert (0 <= B * M * r) by now apply Rmult_le_pos. nra. }
  assert (A1 : Rabs (average n (wt t x) (fun k => e t x k i)) <= (M + B * S2 * c) * (1 + r)).
  { apply average_bound; [exact W|exact T|]. intros k Hk. destruct (component_bounds B t x k i r HB R0 Ht Hk Hi HA HV Hx) as [_ E].
    eapply Rle_trans; [exact E|]. assert (Q : B * S2 * (B * (r + B * M)) <= B * S2 * (c * (1 + r))) by now apply Rmult_le_compat_l. nra. }
  assert (A2 : Rabs (average n (wt t x) (fun k => g t x k i)) <= c * (1 + r)).
  { apply average_bound; [exact W|exact T|]. intros k Hk. destruct (component_bounds B t x k i r HB R0 Ht Hk Hi HA HV Hx) as [E _]. lra. }
  change (u t x i) with (alphaDot p t * average n (wt t x) (fun k => e t x k i) + halfVarianceDot p t * average n (wt t x) (fun k => g t x k i)).
  eapply Rle_trans; [apply Rabs_triang|]. rewrite !Rabs_mult.
  assert (Q1 : Rabs (alphaDot p t) * Rabs (average n (wt t x) (fun k => e t x k i)) <= B * ((M + B * S2 * c) * (1 + r)))
    by (apply Rmult_le_compat; try apply Rabs_pos; assumption).
  assert (Q2 : Rabs (halfVarianceDot p t) * Rabs (average n (wt t x) (fun k => g t x k i)) <= B * (c * (1 + r)))
    by (apply Rmult_le_compat; try apply Rabs_pos; assumption).
  lra.
Qed.

(* The exact field of a mixture is a smooth field: all that the flow's existence, uniqueness and derivative ask for. *)
Theorem mixture_field_is_smooth : exists growth, 0 <= growth /\
  smooth_field d (mixture_velocity p d n q m s) mixture_jacobian a b growth.
Proof.
  destruct velocity_growth as (growth & G0 & G). exists growth. split; [exact G0|].
  refine (conj _ (conj jacobian_bound (conj _ (conj _ G)))).
  - intros t x v i Ht Hi. now apply velocity_along.
  - intros t x i j eps Ht Hi Hj He. destruct (together_eps d _ t x (jacobian_together t x i j Ht Hi Hj) eps He) as (del & D & K).
    exists del. split; [exact D|]. intros r y _ Hr Hy. now apply K.
  - intros t x i eps Ht Hi He. destruct (together_eps d _ t x (velocity_together t x i Ht Hi) eps He) as (del & D & K).
    exists del. split; [exact D|]. intros r _ Hr. apply K; [exact Hr|]. unfold distance.
    rewrite (sumn_ext d _ (fun _ => 0)), sumn_zero by (intros; rewrite Rminus_diag_eq by reflexivity; apply Rabs_R0). exact D.
Qed.

(* Flow matching in R^d for a mixture: through every point at every time of [a, b] one trajectory of the exact field,
   for the whole interval; it depends differentiably on its start, with the Jacobian J that solves dJ/dt = (du/dx) J;
   p_t(phi(x)) |det J| = p_s(x), and log p_t(phi(x)) = log p_s(x) - int div u. *)
Theorem mixture_flow_in_space : exists growth, 0 <= growth /\
  let phi := flow d (mixture_velocity p d n q m s) a b growth in
  let J := fun r x t => flow_jacobian d (mixture_velocity p d n q m s) mixture_jacobian a b growth r x r t in
  forall r x, a <= r <= b ->
    (forall i, (i < d)%nat -> phi r r x i = x i) /\
    (forall t i, a <= t <= b -> (i < d)%nat ->
       is_derive (fun t => phi r t x i) t (mixture_velocity p d n q m s t (phi r t x) i)) /\
    (forall X c e t, a <= c -> e <= b -> follows_in d (mixture_velocity p d n q m s) c e X -> c < r < e -> c < t < e ->
       (forall i, (i < d)%nat -> X r i = x i) -> forall i, (i < d)%nat -> X t i = phi r t x i) /\
    (forall t i k, a <= t <= b -> (i < d)%nat -> (k < d)%nat ->
       is_derive (fun y => phi r t (upd x k y) i) (x k) (J r x t i k) /\
       is_derive (fun t => J r x t i k) t (sumn d (fun j => mixture_jacobian t (phi r t x) i j * J r x t j k))) /\
    (forall t, a <= t <= b ->
       mixture_density p d n q m s t (phi r t x) * Rabs (determinant d (J r x t)) = mixture_density p d n q m s r x /\
       ln (mixture_density p d n q m s t (phi r t x))
       = ln (mixture_density p d n q m s r x)
         - RInt (fun t => sumn d (fun i => mixture_jacobian t (phi r t x) i i)) r t).
Proof.
  destruct mixture_field_is_smooth as (growth & G0 & F). exists growth. split; [exact G0|]. intros phi J r x Hr.
  destruct (flow_exists_in_space d _ _ a b growth Hab G0 F r x Hr) as (E1 & E2 & E3).
  assert (carried : forall t y, a <= t <= b -> ex_diff_at d (mixture_density p d n q m s) t y /\ 0 < mixture_density p d n q m s t y /\
    continuity d (mixture_density p d n q m s) (mixture_velocity p d n q m s) t y).
  { intros t y Ht. assert (R_ := regular_at t Ht). refine (conj _ (conj _ _)).
    - unfold mixture_density, weight. apply (ex_diff_sum d n (fun k r y => q k * component_density p d m s k r y)). intros k Hk.
      apply ex_diff_scal. unfold component_density, gauss_vec.
      apply (ex_diff_prod d d (fun i r y => gauss (alpha p r * m k i) (sqrt (component_variance p s r k i)) (y i))). intros i Hi.
      apply (ex_diff_gauss d (fun r => alpha p r * m k i) (fun r => sqrt (component_variance p s r k i))); [exact Hi| | |].
      + exists (alphaDot p t * m k i). apply (is_derive_times (alpha p) t (alphaDot p t) (m k i)), R_.
      + eexists. apply (is_derive_root (fun r => component_variance p s r k i)); [now apply component_variance_derive|now apply V_pos].
      + apply sqrt_lt_R0. now apply V_pos.
    - now apply mixture_density_pos.
    - now apply mixture_velocity_generates. }
  refine (conj E1 (conj E2 (conj _ (conj _ _)))).
  - intros X c e0 t Hc He HX Hrc Htc HE i Hi.
    destruct (flow_exists_in_space d _ _ a b growth Hab G0 F r x Hr) as (P1 & P2 & _).
    apply (trajectories_agree d _ _ a b growth G0 F X (fun t => phi r t x) r t Hr ltac:(lra)); [| | |exact Hi].
    + intros z j Hz Hj. apply HX; [|exact Hj]. revert Hz. unfold Rmin, Rmax. destruct (Rle_dec r t); lra.
    + intros z j Hz Hj. apply P2; [|exact Hj]. revert Hz. unfold Rmin, Rmax. destruct (Rle_dec r t); lra.
    + intros j Hj. rewrite HE by exact Hj. symmetry. now apply P1.
  - intros t i k Ht Hi Hk. split.
    + exact (flow_has_partial_derivatives d _ _ a b growth Hab G0 F r x Hr t i k Ht Hi).
    + exact (proj2 (variational_equation d _ _ a b growth Hab G0 F r x Hr t i k Ht Hi)).
  - intros t Ht. split.
    + exact (flow_pushes_density_in_space d _ _ a b growth Hab G0 F r x Hr _ carried t Ht).
    + exact (flow_likelihood d _ _ a b growth Hab G0 F r x Hr _ carried t Ht).
Qed.
End Mixture.

Lemma continuous_of_derivative (f : R -> R) t l : is_derive f t l -> continuous f t.
Proof. intros D. apply (ex_derive_continuous (V := R_NormedModule)). now exists l. Qed.

(* Every row of the path table is smooth from t = 0 to any T < 1, the polynomial one from any t0 > 0. *)
Theorem rows_are_smooth T : 0 <= T < 1 ->
  (forall smin, 0 <= smin -> smooth_path (OptimalTransportPath smin) 0 T) /\
  (forall bmin bmax, 0 < bmin <= bmax -> smooth_path (VariancePreservingPath bmin bmax) 0 T) /\
  (forall smin smax, 0 < smin < smax -> smooth_path (VarianceExplodingPath smin smax) 0 T) /\
  (forall smin smax, 0 < smax -> smooth_path (GeometricVarianceExplodingPath smin smax) 0 T) /\
  smooth_path CosinePath 0 T /\ smooth_path LinearVariancePreservingPath 0 T /\
  (forall n t0, 0 < n -> 0 < t0 -> smooth_path (PolynomialPath n) t0 T) /\
  (forall s, 0 <= s -> smooth_path (ShiftedOptimalTransportPath s) 0 T) /\
  (forall s, smooth_path (IndependentCouplingPath s) 0 T) /\
  (forall s, smooth_path (SchrodingerBridgePath s) 0 T).
Proof.
  intros HT. refine (conj _ (conj _ (conj _ (conj _ (conj _ (conj _ (conj _ (conj _ (conj _ _)))))))));
    [intros smin H t Ht|intros bmin bmax H t Ht|intros smin smax H t Ht|intros smin smax H t Ht|intros t Ht|intros t Ht
    |intros n t0 H H0 t Ht|intros s H t Ht|intros s t Ht|intros s t Ht]; (split; [|split]).
  - apply ot_regular. assert (0 <= smin * t) by (apply Rmult_le_pos; lra). lra.
  - apply continuous_const.
  - eapply continuous_of_derivative. simpl. auto_derive; [easy|reflexivity].
  - apply vp_regular; lra.
  - eapply continuous_of_derivative. simpl. unfold vp_beta, vp_T. auto_derive; [easy|reflexivity].
  - eapply continuous_of_derivative. simpl. unfold vp_beta, vp_T. auto_derive; [easy|reflexivity].
  - apply ve_regular; lra.
  - apply continuous_const.
  - eapply continuous_of_derivative. simpl. auto_derive; [easy|reflexivity].
  - now apply ve_geometric_regular.
  - apply continuous_const.
  - eapply continuous_of_derivative. simpl. auto_derive; [easy|reflexivity].
  - apply cosine_regular; lra.
  - eapply continuous_of_derivative. simpl. auto_derive; [easy|reflexivity].
  - eapply continuous_of_derivative. simpl. auto_derive; [easy|reflexivity].
  - apply linear_vp_regular; lra.
  - apply continuous_const.
  - eapply continuous_of_derivative. simpl. auto_derive; [easy|reflexivity].
  - apply polynomial_regular; lra.
  - eapply continuous_of_derivative. simpl. apply (is_derive_scal (fun r => Rpower r (n - 1))). apply is_derive_Rpower. lra.
  - eapply continuous_of_derivative. simpl. apply is_derive_product.
    + apply (is_derive_opp (fun r => n * Rpower r (n - 1))). apply (is_derive_scal (fun r => Rpower r (n - 1))). apply is_derive_Rpower. lra.
    + apply (is_derive_minus (fun _ => 1)); [apply (is_derive_const 1)|]. apply is_derive_Rpower. lra.
  - apply shifted_ot_regular. lra.
  - apply continuous_const.
  - eapply continuous_of_derivative. simpl. auto_derive; [easy|reflexivity].
  - apply icfm_regular. assert (A := Rle_0_sqr s). assert (C := Rsqr_pos_lt (1 - t) ltac:(lra)). unfold Rsqr in *. lra.
  - apply continuous_const.
  - eapply continuous_of_derivative. simpl. auto_derive; [easy|reflexivity].
  - apply schrodinger_bridge_regular. lra.
  - apply continuous_const.
  - eapply continuous_of_derivative. simpl. auto_derive; [easy|reflexivity].
Qed.
