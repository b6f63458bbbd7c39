(* Flow matching on the line for every probability with second moments, continuous ones among them: the marginal field has a
   flow, and the flow carries p_s to p_t. Nothing is assumed of the field or of trajectories. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation LevelCurves Gaussian ConditionalField GaussianIntegrals GaussianLine
  NormalMass ContinuityEquation AffinePaths ContinuousTarget AnyProbability BoundedData DataWithMoments TransportOnTheLine.
Open Scope R_scope.

Lemma differentiable_swap f x y l m : differentiable_pt_lim f x y l m -> differentiable_pt_lim (fun v u => f u v) y x m l.
Proof.
  intros D eps. destruct (D eps) as (del & H). exists del. intros v u Hv Hu. specialize (H u v Hu Hv). rewrite Rmax_comm.
  replace (m * (v - y) + l * (u - x)) with (l * (u - x) + m * (v - y)) by ring. exact H.
Qed.

Section Line.
Variables (Z : Type) (I : (Z -> R) -> Prop) (E : (Z -> R) -> R).
Hypothesis P : probability Z I E.
Variable point : Z -> R.
Let h z := spread Z 1 (fun z _ => point z) z.                 (* 1 + |x1| *)
Hypothesis second_moments : I (fun z => spread Z 1 (fun z _ => point z) z * spread Z 1 (fun z _ => point z) z).
Variables (p : path) (a b : R).
Hypothesis Hp : forall t, a < t < b -> regular p t.
Hypothesis Ca : forall t, a < t < b -> continuous (alphaDot p) t.
Hypothesis Ch : forall t, a < t < b -> continuous (halfVarianceDot p) t.

Let N t x z := gauss (alpha p t * point z) (sigma p t) x.
Let u t x z := alphaDot p t * point z + halfVarianceDot p t / variance p t * (x - alpha p t * point z).
Let below t x z := normal_mass (alpha p t * point z) (sigma p t) x.

(* p_t, u_t and the mass of p_t below x, as means over the data *)
Definition law_density (t x : R) : R := mean_density Z E (fun z => path_density 1 p (fun _ => point z)) t (fun _ => x).
Definition law_velocity (t x : R) : R :=
  mean_velocity Z E (fun z => path_density 1 p (fun _ => point z)) (fun z => path_velocity p (fun _ => point z)) t (fun _ => x) 0%nat.
Definition law_mass (t x : R) : R := E (fun z => normal_mass (alpha p t * point z) (sigma p t) x).

Hypothesis Ib : forall t x, I (fun z => normal_mass (alpha p t * point z) (sigma p t) x).
Hypothesis In : forall t x, I (fun z => gauss (alpha p t * point z) (sigma p t) x).
Hypothesis Iu : forall t x, I (fun z => gauss (alpha p t * point z) (sigma p t) x
  * (alphaDot p t * point z + halfVarianceDot p t / variance p t * (x - alpha p t * point z))).

Lemma law_density_value t x : law_density t x = E (N t x).
Proof.
  unfold law_density, mean_density. f_equal. apply functional_extensionality. intros z. exact (Rmult_1_l _).
Qed.

Lemma law_flux t x : E (N t x) <> 0 -> E (fun z => N t x z * u t x z) = law_density t x * law_velocity t x.
Proof.
  intros H. unfold law_velocity, mean_velocity. fold (law_density t x).
  replace (fun z => path_density 1 p (fun _ => point z) t (fun _ => x) * path_velocity p (fun _ => point z) t (fun _ => x) 0%nat)
    with (fun z => N t x z * u t x z).
  - rewrite law_density_value. field. exact H.
  - apply functional_extensionality. intros z. unfold path_density, gauss_vec, path_velocity. simpl. fold (N t x z). fold (u t x z). ring.
Qed.

Lemma h_1 z : 1 <= h z.
Proof. apply spread_1. Qed.

Lemma point_h z : Rabs (point z) <= h z.
Proof. apply (spread_of Z 1 (fun z _ => point z) z 0). lia. Qed.

Lemma point_inside K c : exists B, forall z : {z | h z <= K}, Rabs (c * point (proj1_sig z)) <= B.
Proof.
  exists (Rabs c * K). intros [z L]. simpl. rewrite Rabs_mult. apply Rmult_le_compat_l; [apply Rabs_pos|]. eapply Rle_trans; [apply point_h|exact L].
Qed.

Lemma points_inside K : exists B, forall z : {z | h z <= K}, Rabs (point (proj1_sig z)) <= B.
Proof. exists K. intros [z L]. simpl. eapply Rle_trans; [apply point_h|exact L]. Qed.

Section At.
Variable t : R.
Hypothesis Ht : a < t < b.

Lemma times_near : locally t (fun s => a < s < b).
Proof. apply filter_and; [exact (open_gt a t (proj1 Ht))|exact (open_lt b t (proj2 Ht))]. Qed.

Lemma sigma_here : 0 < sigma p t.
Proof. apply (Hp t Ht). Qed.

Lemma alpha_here : continuous (alpha p) t.
Proof. apply (ex_derive_continuous (V := R_NormedModule)). exists (alphaDot p t). apply (Hp t Ht). Qed.

Lemma sigma_moves_here : continuous (sigma p) t.
Proof. apply (ex_derive_continuous (V := R_NormedModule)). exists (sigmaDot p t). apply (Hp t Ht). Qed.

Lemma law_mass_dx x : is_derive (law_mass t) x (E (N t x)).
Proof.
  assert (S := sigma_here).
  apply (derivative_of_a_mean_within Z I E P h h_1 second_moments (fun y z => below t y z) x (N t x)); [apply (Ib t)|apply In|].
  apply (within_derivative Z h (fun y z => below t y z) (fun y z => N t y z) x).
  - apply filter_forall. intros y z. now apply normal_mass_derive.
  - apply (steady_within_by_parts Z h h_1 (fun y z => N t y z) x (/ sigma p t)); [left; now apply Rinv_0_lt_compat| |].
    + intros K. apply (steady_gauss {z | h z <= K} (fun _ => sigma p t) (fun _ z => alpha p t * point (proj1_sig z)) (fun y => y)).
      * apply continuous_const.
      * apply continuous_id.
      * exact S.
      * apply steady_data, point_inside.
    + apply filter_forall. intros y z. assert (G := gauss_top (alpha p t * point z) (sigma p t) y S). fold (N t y z) in G.
      rewrite Rabs_right by lra. assert (Q := h_1 z). assert (V : 0 < / sigma p t) by now apply Rinv_0_lt_compat. nra.
Qed.

Let slope s := halfVarianceDot p s * / variance p s.
Let rate x s z := - (gauss (alpha p s * point z) (sigma p s) x * (slope s * (x - alpha p s * point z) + alphaDot p s * point z)).

Lemma rate_value x : rate x t = (fun z => -1 * (N t x z * u t x z)).
Proof. apply functional_extensionality. intros z. unfold rate, N, u, slope, Rdiv. ring. Qed.

Lemma law_mass_dt x : is_derive (fun s => law_mass s x) t (E (fun z => -1 * (N t x z * u t x z))).
Proof.
  rewrite <- rate_value. apply (derivative_of_a_mean_within Z I E P h h_1 second_moments (fun s z => below s x z) t (rate x t)).
  - intros s. apply (Ib s x).
  - rewrite rate_value. exact (proj1 (mean_scal Z I E P (-1) (fun z => N t x z * u t x z) (Iu t x))).
  - assert (SL : continuous slope t).
    { apply (continuous_mult (K := R_AbsRing)); [now apply Ch|]. apply (continuous_comp (variance p) Rinv).
      - apply (continuous_mult (K := R_AbsRing)); apply sigma_moves_here.
      - apply continuous_Rinv, Rgt_not_eq. assert (S := sigma_here). unfold variance. now apply Rmult_lt_0_compat. }
    apply (within_derivative Z h (fun s z => below s x z) (rate x) t).
    + generalize times_near. apply filter_imp. intros s Hs z. destruct (Hp s Hs) as (S & Da & Ds).
      assert (D := normal_mass_total_derivative (fun q => alpha p q * point z) (sigma p) (alphaDot p s * point z) (sigmaDot p s) s x
        (is_derive_times (alpha p) s (alphaDot p s) (point z) Da) Ds S).
      apply differentiable_swap, differentiable_second in D. eapply is_derive_eq; [exact D|].
      unfold rate, slope, sigmaDot, variance. field. lra.
    + assert (S := sigma_here). assert (V : 0 < / (sigma p t / 2)) by (apply Rinv_0_lt_compat; lra).
      assert (Q1 := Rabs_pos (slope t)). assert (Q2 := Rabs_pos (alphaDot p t)).
      apply (steady_within_by_parts Z h h_1 (rate x) t (3 * (Rabs (slope t) + 1) + / (sigma p t / 2) * (Rabs (alphaDot p t) + 1))).
      { apply Rplus_le_le_0_compat; apply Rmult_le_pos; lra. }
      * intros K. assert (G : steady {z | h z <= K} (fun s z => alpha p s * point (proj1_sig z)) t).
        { apply (steady_mult {z | h z <= K} (fun s _ => alpha p s) (fun _ z => point (proj1_sig z))).
          - apply steady_number, alpha_here.
          - apply steady_data, points_inside. }
        apply (steady_opp {z | h z <= K} (fun s z => gauss (alpha p s * point (proj1_sig z)) (sigma p s) x
          * (slope s * (x - alpha p s * point (proj1_sig z)) + alphaDot p s * point (proj1_sig z)))). apply steady_mult.
        -- apply (steady_gauss {z | h z <= K} (sigma p) (fun s z => alpha p s * point (proj1_sig z)) (fun _ => x)).
           ++ apply sigma_moves_here.
           ++ apply continuous_const.
           ++ apply sigma_here.
           ++ exact G.
        -- apply steady_plus.
           ++ apply (steady_mult {z | h z <= K} (fun s _ => slope s) (fun s z => x - alpha p s * point (proj1_sig z))).
              ** now apply steady_number.
              ** apply (steady_minus {z | h z <= K} (fun _ _ => x)); [|exact G]. apply (steady_number {z | h z <= K} (fun _ => x)), continuous_const.
           ++ apply (steady_mult {z | h z <= K} (fun s _ => alphaDot p s) (fun _ z => point (proj1_sig z))).
              ** apply steady_number. now apply Ca.
              ** apply steady_data, points_inside.
      * assert (Sg : locally t (fun s => sigma p t / 2 < sigma p s)) by exact (sigma_moves_here _ (open_gt (sigma p t / 2) (sigma p t) ltac:(lra))).
        generalize (filter_and _ _ Sg (filter_and _ _ (bounded_near t slope SL) (bounded_near t (alphaDot p) (Ca t Ht)))).
        apply filter_imp. intros s (S1 & B1 & B2) z. unfold rate. rewrite Rabs_Ropp. set (gap := x - alpha p s * point z).
        assert (G1 := gauss_gap (alpha p s * point z) (sigma p s) x ltac:(lra)). fold gap in G1.
        assert (G2 := gauss_top (alpha p s * point z) (sigma p s) x ltac:(lra)). set (g := gauss (alpha p s * point z) (sigma p s) x) in *.
        assert (I2 : / sigma p s <= / (sigma p t / 2)) by (apply Rinv_le_contravar; lra).
        assert (H1 := h_1 z). assert (H2 := point_h z). assert (Z0 := Rabs_pos (point z)). assert (Z1 := Rabs_pos (slope s)).
        assert (Z2 := Rabs_pos (alphaDot p s)). assert (Z3 := Rabs_pos gap).
        replace (g * (slope s * gap + alphaDot p s * point z)) with (g * gap * slope s + g * alphaDot p s * point z) by ring.
        eapply Rle_trans; [apply Rabs_triang|]. rewrite !Rabs_mult, (Rabs_right g) by lra. rewrite Rmult_plus_distr_r. apply Rplus_le_compat.
        -- apply Rle_trans with (3 * (Rabs (slope t) + 1) * 1).
           ++ rewrite Rmult_1_r. apply Rmult_le_compat; try lra. apply Rmult_le_pos; lra.
           ++ apply Rmult_le_compat_l; [apply Rmult_le_pos; lra|exact H1].
        -- apply Rmult_le_compat; try lra; [apply Rmult_le_pos; lra|]. apply Rmult_le_compat; lra.
Qed.

(* the density is continuous in time and place together *)
Lemma law_density_steady x : continuous (fun w : R * R => E (N (snd w) (fst w))) (x, t).
Proof.
  assert (S := sigma_here). assert (V : 0 < / (sigma p t / 2)) by (apply Rinv_0_lt_compat; lra).
  apply (mean_continuous_within Z I E P h h_1 second_moments (fun (w : R * R) z => N (snd w) (fst w) z) (x, t)); [intros w; apply In|].
  assert (C1 : continuous (fun w : R * R => snd w) (x, t)) by apply continuous_snd.
  assert (C2 : continuous (fun w : R * R => sigma p (snd w)) (x, t))
    by (apply (continuous_comp (fun w : R * R => snd w) (sigma p)); [exact C1|apply sigma_moves_here]).
  apply (steady_within_by_parts Z h h_1 (fun (w : R * R) z => N (snd w) (fst w) z) (x, t) (/ (sigma p t / 2))); [lra| |].
  - intros K. apply (steady_gauss {z | h z <= K} (fun w : R * R => sigma p (snd w)) (fun (w : R * R) z => alpha p (snd w) * point (proj1_sig z))
      (fun w : R * R => fst w)).
    + exact C2.
    + apply continuous_fst.
    + exact S.
    + apply (steady_mult {z | h z <= K} (fun (w : R * R) _ => alpha p (snd w)) (fun _ z => point (proj1_sig z))).
      * apply (steady_number {z | h z <= K} (fun w : R * R => alpha p (snd w))).
        apply (continuous_comp (fun w : R * R => snd w) (alpha p)); [exact C1|apply alpha_here].
      * apply steady_data, points_inside.
  - assert (Sg : locally (x, t) (fun w : R * R => sigma p t / 2 < sigma p (snd w)))
      by exact (C2 _ (open_gt (sigma p t / 2) (sigma p t) ltac:(lra))).
    generalize Sg. apply filter_imp. intros [y s] S1 z. simpl in S1. simpl.
    destruct (gauss_top (alpha p s * point z) (sigma p s) y ltac:(lra)) as [X Y]. fold (N s y z) in X, Y. rewrite Rabs_right by lra.
    assert (H1 := h_1 z). assert (I2 : / sigma p s <= / (sigma p t / 2)) by (apply Rinv_le_contravar; lra). nra.
Qed.

Lemma law_density_pos x : 0 < E (N t x).
Proof.
  rewrite <- law_density_value. unfold law_density.
  apply (mean_density_positive_with_moments Z I E P 1 (fun z _ => point z) second_moments p t); [generalize times_near; apply filter_imp; exact Hp|].
  replace (fun z => path_density 1 p (fun _ => point z) t (fun _ => x)) with (N t x); [apply In|].
  apply functional_extensionality. intros z. symmetry. exact (Rmult_1_l _).
Qed.

(* all but the moment over k^2 of the data lie within k, and there the mass below x is at least what it were with all data
   at one end, and at most what it were at the other *)
Let G := E (fun z => h z * h z).
Let low k x := normal_mass 0 1 ((x - Rabs (alpha p t) * k) / sigma p t).
Let high k x := normal_mass 0 1 ((x + Rabs (alpha p t) * k) / sigma p t).

Lemma moment_1 : 1 <= G.
Proof. apply (moment_at_least_one Z I E P h h_1 second_moments). Qed.

Lemma mean_above (f : Z -> R) c k : I f -> 1 <= k -> 0 <= c -> (forall z, 0 <= f z) -> (forall z, h z <= k -> c <= f z) -> c * (1 - G / (k * k)) <= E f.
Proof.
  intros If Hk Hc F0 Fc. set (j := c / (k * k)). assert (kk : 0 < k * k) by nra.
  assert (j0 : 0 <= j) by (apply Rmult_le_pos; [exact Hc|left; now apply Rinv_0_lt_compat]).
  destruct (mean_const Z I E P c) as [Ic Ec].
  assert (Im : I (fun z => - j * (h z * h z)) /\ E (fun z => - j * (h z * h z)) = - j * G) by exact (mean_scal Z I E P (- j) (fun z => h z * h z)
    second_moments).
  destruct Im as [Im Em]. destruct (mean_plus Z I E P _ _ Ic Im) as [Is Es]. rewrite Ec, Em in Es.
  assert (E1 : c = j * (k * k)) by (unfold j; field; lra).
  replace (c * (1 - G / (k * k))) with (c + - j * G) by (unfold j; field; lra).
  rewrite <- Es. apply (proj2 (proj2 (proj2 P))); [exact Is|exact If|]. intros z. cbv beta. assert (Q := h_1 z).
  assert (0 <= j * (h z * h z)) by (apply Rmult_le_pos; nra).
  destruct (Rle_or_lt (h z) k) as [L|L]; [assert (M := Fc z L); lra|]. assert (M := F0 z).
  assert (j * (k * k) <= j * (h z * h z)) by (apply Rmult_le_compat_l; nra). lra.
Qed.

Lemma normal_mass_between y : 0 < normal_mass 0 1 y < 1.
Proof. apply normal_mass_is_the_mass_below. lra. Qed.

Lemma below_between k x z : h z <= k -> low k x <= below t x z <= high k x.
Proof.
  intros L. assert (S := sigma_here). unfold below, low, high. rewrite (normal_mass_standard (alpha p t * point z)) by exact S.
  assert (M : forall v w, v <= w -> normal_mass 0 1 v <= normal_mass 0 1 w).
  { intros v w [Q|Q]; [left; apply normal_mass_increases; lra|rewrite Q; right; reflexivity]. }
  assert (B : Rabs (alpha p t * point z) <= Rabs (alpha p t) * k).
  { rewrite Rabs_mult. apply Rmult_le_compat_l; [apply Rabs_pos|]. eapply Rle_trans; [apply point_h|exact L]. }
  apply Rabs_le_between in B. assert (V : 0 < / sigma p t) by now apply Rinv_0_lt_compat.
  split; apply M; unfold Rdiv; apply Rmult_le_compat_r; lra.
Qed.

Lemma below_bounded x z : 0 < below t x z < 1.
Proof. apply normal_mass_is_the_mass_below, sigma_here. Qed.

Lemma law_mass_at_least k x : 1 <= k -> low k x * (1 - G / (k * k)) <= law_mass t x.
Proof.
  intros Hk. apply mean_above; [apply Ib|exact Hk|left; apply normal_mass_between| |].
  - intros z. left. apply below_bounded.
  - intros z L. exact (proj1 (below_between k x z L)).
Qed.

Lemma law_mass_at_most k x : 1 <= k -> (1 - high k x) * (1 - G / (k * k)) <= 1 - law_mass t x.
Proof.
  intros Hk. destruct (mean_const Z I E P 1) as [I1 E1]. destruct (mean_scal Z I E P (-1) _ (Ib t x)) as [I2 E2].
  destruct (mean_plus Z I E P _ _ I1 I2) as [I3 E3]. rewrite E1, E2 in E3. fold (law_mass t x) in E3.
  replace (1 - law_mass t x) with (1 + -1 * law_mass t x) by ring. rewrite <- E3.
  assert (H := normal_mass_between ((x + Rabs (alpha p t) * k) / sigma p t)).
  apply mean_above; [exact I3|exact Hk|unfold high; lra| |].
  - intros z. assert (B := below_bounded x z). unfold below in B. lra.
  - intros z L. assert (B := proj2 (below_between k x z L)). unfold below in B. lra.
Qed.

Lemma within_moment del : 0 < del < 1 -> 1 <= G / del /\ G / (G / del * (G / del)) <= del.
Proof.
  intros D. assert (M := moment_1). assert (V : 1 <= / del) by (rewrite <- Rinv_1; apply Rinv_le_contravar; lra). split; [unfold Rdiv; nra|].
  replace (G / (G / del * (G / del))) with (del * (del * / G)) by (field; lra).
  assert (W : 0 < / G <= 1) by (split; [apply Rinv_0_lt_compat; lra|rewrite <- Rinv_1; apply Rinv_le_contravar; lra]).
  nra.
Qed.

Lemma law_mass_bounded x : 0 < law_mass t x < 1.
Proof.
  destruct (within_moment (1 / 2) ltac:(lra)) as [K1 K2]. set (k := G / (1 / 2)) in *.
  assert (A := law_mass_at_least k x K1). assert (B := law_mass_at_most k x K1).
  assert (L := normal_mass_between ((x - Rabs (alpha p t) * k) / sigma p t)).
  assert (H := normal_mass_between ((x + Rabs (alpha p t) * k) / sigma p t)).
  fold (low k x) in L. fold (high k x) in H. split; nra.
Qed.

Lemma law_mass_fills c : 0 < c < 1 -> exists x y, law_mass t x < c < law_mass t y.
Proof.
  intros Hc. assert (S := sigma_here).
  assert (lever : forall e, 0 < e < 1 -> e < (1 + e) / 2 /\ 2 * e / (1 + e) < 1 /\ 2 * e / (1 + e) * ((1 + e) / 2) = e).
  { intros e He. repeat split; [lra| |field; lra]. apply Rmult_lt_reg_r with (1 + e); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra. }
  destruct (lever (1 - c) ltac:(lra)) as (_ & X2 & X3). destruct (lever c ltac:(lra)) as (_ & Y2 & Y3).
  destruct (within_moment (c / 2) ltac:(lra)) as [K1 K2]. set (k := G / (c / 2)) in *.
  destruct (within_moment ((1 - c) / 2) ltac:(lra)) as [J1 J2]. set (j := G / ((1 - c) / 2)) in *.
  destruct (normal_mass_low 0 1 ltac:(lra) _ (open_lt (1 - 2 * (1 - c) / (1 + (1 - c))) 0 ltac:(lra))) as [x Hx].
  destruct (normal_mass_high 0 1 ltac:(lra) _ (open_gt (2 * c / (1 + c)) 1 ltac:(lra))) as [y Hy].
  exists (sigma p t * (x - 1) - Rabs (alpha p t) * k), (sigma p t * (y + 1) + Rabs (alpha p t) * j). split.
  - assert (B := law_mass_at_most k (sigma p t * (x - 1) - Rabs (alpha p t) * k) K1).
    assert (V : high k (sigma p t * (x - 1) - Rabs (alpha p t) * k) < 1 - 2 * (1 - c) / (1 + (1 - c))).
    { unfold high. replace ((sigma p t * (x - 1) - Rabs (alpha p t) * k + Rabs (alpha p t) * k) / sigma p t) with (x - 1) by (field; lra).
    apply Hx. lra. }
    assert (Q : 2 * (1 - c) / (1 + (1 - c)) * ((1 + (1 - c)) / 2) < (1 - high k (sigma p t * (x - 1) - Rabs (alpha p t) * k)) * (1 - G / (k * k))).
    { apply Rlt_le_trans with ((1 - high k (sigma p t * (x - 1) - Rabs (alpha p t) * k)) * ((1 + (1 - c)) / 2)).
      - apply Rmult_lt_compat_r; lra.
      - apply Rmult_le_compat_l; [|lra].
      assert (W := normal_mass_between ((sigma p t * (x - 1) - Rabs (alpha p t) * k + Rabs (alpha p t) * k) / sigma p t)). unfold high. lra. }
    lra.
  - assert (B := law_mass_at_least j (sigma p t * (y + 1) + Rabs (alpha p t) * j) J1).
    assert (V : 2 * c / (1 + c) < low j (sigma p t * (y + 1) + Rabs (alpha p t) * j)).
    { unfold low. replace ((sigma p t * (y + 1) + Rabs (alpha p t) * j - Rabs (alpha p t) * j) / sigma p t) with (y + 1) by (field; lra).
    apply Hy. lra. }
    assert (Q : 2 * c / (1 + c) * ((1 + c) / 2) < low j (sigma p t * (y + 1) + Rabs (alpha p t) * j) * (1 - G / (j * j))).
    { apply Rlt_le_trans with (low j (sigma p t * (y + 1) + Rabs (alpha p t) * j) * ((1 + c) / 2)).
      - apply Rmult_lt_compat_r; lra.
      - apply Rmult_le_compat_l; [|lra]. left. apply normal_mass_between. }
    lra.
Qed.
End At.

Lemma law_mass_smooth t x : a < t < b -> differentiable_pt_lim law_mass t x (- (law_density t x * law_velocity t x)) (law_density t x).
Proof.
  intros Ht. apply (differentiable_swap (fun y s => law_mass s y)). apply filterdiff_differentiable_pt_lim.
  assert (D := is_derive_filterdiff (fun y s => law_mass s y) x t (fun y s => E (N s y)) _
    ltac:(destruct (times_near t Ht) as (del & W); exists del; intros [y s] [_ Hs]; apply law_mass_dx, W, Hs)
    (law_mass_dt t Ht x) (law_density_steady t Ht x)).
  rewrite <- law_flux by (apply Rgt_not_eq, law_density_pos, Ht). rewrite law_density_value.
  assert (M : E (fun z => -1 * (N t x z * u t x z)) = -1 * E (fun z => N t x z * u t x z))
    by exact (proj2 (mean_scal Z I E P (-1) (fun z => N t x z * u t x z) (Iu t x))).
  rewrite M in D.
  replace (- E (fun z => N t x z * u t x z)) with (-1 * E (fun z => N t x z * u t x z)) by ring. exact D.
Qed.

(* F(t, x), the mass of p_t below x, has the derivatives dF/dx = p and dF/dt = -p u and takes every value between 0
   and 1: so all of Flows/TransportOnTheLine.v holds of u, the marginal velocity. *)
Theorem law_mass_flows : mass_flows law_mass law_density law_velocity a b.
Proof.
  intros t Ht. split; [intros x; split; [now apply law_mass_smooth|split]|].
  - rewrite law_density_value. now apply law_density_pos.
  - now apply law_mass_bounded.
  - now apply law_mass_fills.
Qed.

(* Through every x at every time passes one trajectory of the marginal field and only one; the flow keeps the mass below,
   and carries the density: p_t(phi(x)) phi'(x) = p_s(x). *)
Theorem law_flow_carries_the_density s t : a < s < b -> a < t < b ->
  (forall x, line_flow law_mass s s x = x /\ follows law_velocity a b (fun t => line_flow law_mass s t x)) /\
  (forall X, follows law_velocity a b X -> X t = line_flow law_mass s t (X s)) /\
  (forall x, law_mass t (line_flow law_mass s t x) = law_mass s x) /\
  (forall x, is_derive (line_flow law_mass s t) x (law_density s x / law_density t (line_flow law_mass s t x))).
Proof.
  intros Hs Ht. assert (F := law_mass_flows). split; [|split; [|split]].
  - intros x. exact (flow_exists _ _ _ a b F s x Hs).
  - intros X HX. apply (flow_is_unique _ _ _ a b F X a b s t); auto; lra.
  - intros x. now apply (flow_keeps_the_mass_below _ _ _ a b F).
  - intros x. now apply (flow_changes_variables _ _ _ a b F).
Qed.
End Line.

(* ---------- a continuous density on an interval ---------- *)
Section Interval.
Variables (c d : R) (q : R -> R).
Hypothesis Hcd : c <= d.
Hypothesis Hq : forall z, 0 <= q z.
Hypothesis Cq : forall z, c <= z <= d -> continuous q z.
Hypothesis Hq1 : is_RInt q c d 1.
Variables (p : path) (a b : R).
Hypothesis Hp : forall t, a < t < b -> regular p t.
Hypothesis Ca : forall t, a < t < b -> continuous (alphaDot p) t.
Hypothesis Ch : forall t, a < t < b -> continuous (halfVarianceDot p) t.

Let N z s y := gauss (alpha p s * z) (sigma p s) y.
Let u z s y := alphaDot p s * z + halfVarianceDot p s / variance p s * (y - alpha p s * z).
(* the mass of p_t below x, an integral over the data; p_t and u_t are those of Theorem 1 *)
Definition interval_mass (t x : R) : R := RInt (fun z => q z * normal_mass (alpha p t * z) (sigma p t) x) c d.

Let kept z := Rmax c (Rmin z d).

Lemma kept_inside z : c < z < d -> kept z = z.
Proof. intros H. unfold kept. rewrite Rmin_left, Rmax_right by lra. reflexivity. Qed.

Lemma interval_ext (f : R -> R) : RInt (fun z => q z * f (kept z)) c d = RInt (fun z => q z * f z) c d.
Proof. apply RInt_ext. rewrite Rmin_left, Rmax_right by exact Hcd. intros z Hz. now rewrite kept_inside. Qed.

Lemma interval_integrable (f : R -> R) : (forall z, continuous f z) -> ex_RInt (fun z => q z * f (kept z)) c d.
Proof.
  intros C. apply (ex_RInt_ext (fun z => q z * f z)).
  - rewrite Rmin_left, Rmax_right by exact Hcd. intros z Hz. now rewrite kept_inside.
  - apply (ex_RInt_continuous (V := R_CompleteNormedModule)). rewrite Rmin_left, Rmax_right by exact Hcd. intros z Hz.
    apply (continuous_mult (K := R_AbsRing)); [now apply Cq|apply C].
Qed.

Lemma mass_continuous_in_the_data k s x z : continuous (fun z => normal_mass (k * z) s x) z.
Proof.
  unfold normal_mass, half_cdf. apply (continuous_plus (V := R_NormedModule)); [apply continuous_const|].
  apply (continuous_mult (K := R_AbsRing)); [apply continuous_const|].
  apply (continuous_comp (fun z => (x - k * z) / (s * sqrt 2)) I0).
  - apply (ex_derive_continuous (V := R_NormedModule)). unfold Rdiv. set (j := / (s * sqrt 2)). auto_derive. exact Logic.I.
  - apply (ex_derive_continuous (V := R_NormedModule)). eexists. apply I0_derive.
Qed.

Lemma density_continuous_in_the_data k s x z : continuous (fun z => gauss (k * z) s x) z.
Proof.
  apply (ex_derive_continuous (V := R_NormedModule)). unfold gauss, Rdiv. set (j := / (2 * s ^ 2)). set (i := / (sqrt (2 * PI) * s)).
  auto_derive. exact Logic.I.
Qed.

Lemma flux_continuous_in_the_data t x z : continuous (fun z => N z t x * u z t x) z.
Proof.
  apply (continuous_mult (K := R_AbsRing)); [apply density_continuous_in_the_data|].
  apply (ex_derive_continuous (V := R_NormedModule)). unfold u. set (j := halfVarianceDot p t / variance p t). auto_derive. exact Logic.I.
Qed.

Lemma spread_continuous z : continuous (fun z => spread R 1 (fun z _ => z) z * spread R 1 (fun z _ => z) z) z.
Proof.
  assert (C : continuous (fun z => spread R 1 (fun z _ => z) z) z).
  { unfold spread. simpl. apply (continuous_plus (V := R_NormedModule)); [apply continuous_const|].
    apply (continuous_plus (V := R_NormedModule)); [apply continuous_const|apply continuous_Rabs]. }
  now apply (continuous_mult (K := R_AbsRing)).
Qed.

(* Every continuous density q on an interval, every path: the mass below x flows with the marginal velocity. *)
Theorem continuous_density_mass_flows :
  mass_flows interval_mass (marginal_density_int c d N q) (marginal_velocity_int c d N u q) a b.
Proof.
  set (In := fun f => ex_RInt (fun z => q z * f z) c d). set (E := fun f : R -> R => RInt (fun z => q z * f z) c d).
  assert (F := law_mass_flows R In E (interval_probability c d q Hcd Hq Hq1) kept
    (interval_integrable (fun z => spread R 1 (fun z _ => z) z * spread R 1 (fun z _ => z) z) spread_continuous) p a b Hp Ca Ch
    (fun t x => interval_integrable _ (mass_continuous_in_the_data (alpha p t) (sigma p t) x))
    (fun t x => interval_integrable _ (density_continuous_in_the_data (alpha p t) (sigma p t) x))
    (fun t x => interval_integrable _ (flux_continuous_in_the_data t x))).
  assert (X1 : law_mass R E kept p = interval_mass).
  { apply functional_extensionality. intros t. apply functional_extensionality. intros x.
    apply (interval_ext (fun z => normal_mass (alpha p t * z) (sigma p t) x)). }
  assert (X2 : law_density R E kept p = marginal_density_int c d N q).
  { apply functional_extensionality. intros t. apply functional_extensionality. intros x.
    rewrite law_density_value. apply (interval_ext (fun z => N z t x)). }
  assert (X3 : law_velocity R E kept p = marginal_velocity_int c d N u q).
  { apply functional_extensionality. intros t. apply functional_extensionality. intros x.
    unfold law_velocity, mean_velocity, marginal_velocity_int. fold (law_density R E kept p t x). rewrite X2. f_equal.
    rewrite <- (interval_ext (fun z => N z t x * u z t x)). unfold E. f_equal. apply functional_extensionality. intros z. f_equal.
    unfold path_density, gauss_vec, path_velocity. simpl. fold (N (kept z) t x). fold (u (kept z) t x). ring. }
  rewrite X1, X2, X3 in F. exact F.
Qed.

(* ---------- the end of the path: alpha -> 1 and sigma -> 0 ---------- *)
(* the mass of the data below x *)
Definition interval_below (x : R) : R := RInt q c (kept x).

Lemma kept_between z : c <= kept z <= d.
Proof. unfold kept. split; [apply Rmax_l|apply Rmax_lub; [exact Hcd|apply Rmin_r]]. Qed.

Lemma kept_steps v w : Rabs (kept v - kept w) <= Rabs (v - w).
Proof.
  unfold kept, Rmax, Rmin. destruct (Rle_dec v d), (Rle_dec w d); repeat match goal with |- context [Rle_dec ?x ?y] => destruct (Rle_dec x y) end;
    apply Rabs_le; assert (A := Rle_abs (v - w)); assert (B := Rle_abs (- (v - w))); rewrite Rabs_Ropp in B; lra.
Qed.

Lemma kept_continuous z : continuous kept z.
Proof.
  apply filterlim_locally. intros eps. exists eps. intros w H. change (Rabs (w - z) < eps) in H. change (Rabs (kept w - kept z) < eps).
  eapply Rle_lt_trans; [apply kept_steps|exact H].
Qed.

Lemma sub_integrable (g : R -> R) v w : (forall z, c <= z <= d -> continuous g z) -> c <= v -> v <= w -> w <= d -> ex_RInt g v w.
Proof.
  intros C V L W. apply (ex_RInt_continuous (V := R_CompleteNormedModule)). rewrite Rmin_left, Rmax_right by exact L. intros z Hz. apply C. lra.
Qed.

Lemma interval_below_continuous x : continuous interval_below x.
Proof.
  assert (C : forall z, continuous (fun z => q (kept z)) z).
  { intros z. apply (continuous_comp kept q); [apply kept_continuous|apply Cq, kept_between]. }
  apply continuous_ext with (fun x => RInt (fun z => q (kept z)) c (kept x)).
  - intros y. unfold interval_below. assert (B := kept_between y). apply RInt_ext. rewrite Rmin_left, Rmax_right by lra.
    intros z Hz. rewrite kept_inside by lra. reflexivity.
  - apply (continuous_comp kept (fun y => RInt (fun z => q (kept z)) c y)); [apply kept_continuous|].
    apply (ex_derive_continuous (V := R_NormedModule)). exists (q (kept (kept x))).
    apply (is_derive_RInt (fun z => q (kept z)) (fun y => RInt (fun z => q (kept z)) c y) c (kept x)); [|apply C].
    apply filter_forall. intros y. apply (RInt_correct (V := R_CompleteNormedModule)).
    apply (ex_RInt_continuous (V := R_CompleteNormedModule)). intros; apply C.
Qed.

Lemma mass_between_shifts t x del e : 0 < sigma p t -> 0 <= e ->
  (forall z, c <= z <= d -> x + del <= z -> normal_mass (alpha p t * z) (sigma p t) x <= e) ->
  (forall z, c <= z <= d -> z <= x - del -> 1 - e <= normal_mass (alpha p t * z) (sigma p t) x) ->
  interval_below (x - del) - e <= interval_mass t x <= interval_below (x + del) + e.
Proof.
  intros S He Up Low. set (f := fun z => q z * normal_mass (alpha p t * z) (sigma p t) x).
  assert (Cf : forall z, c <= z <= d -> continuous f z).
  { intros z Hz. apply (continuous_mult (K := R_AbsRing)); [now apply Cq|apply mass_continuous_in_the_data]. }
  assert (B : forall z, 0 < normal_mass (alpha p t * z) (sigma p t) x < 1) by (intros z; now apply normal_mass_is_the_mass_below).
  assert (Whole : RInt q c d = 1) by now apply is_RInt_unique.
  assert (Cut : forall g y, (forall z, c <= z <= d -> continuous g z) -> c <= y <= d -> RInt g c d = RInt g c y + RInt g y d).
  { intros g y Cg Hy. symmetry. apply (RInt_Chasles (V := R_CompleteNormedModule)); apply sub_integrable; auto; lra. }
  assert (Pos : forall v w, c <= v -> v <= w -> w <= d -> 0 <= RInt q v w).
  { intros v w V L W. apply RInt_ge_0; [exact L|now apply sub_integrable|]. intros; apply Hq. }
  assert (Scaled : forall k v w, c <= v -> v <= w -> w <= d -> RInt (fun z => k * q z) v w = k * RInt q v w).
  { intros k v w V L W. apply (RInt_scal (V := R_CompleteNormedModule) q v w k). now apply sub_integrable. }
  assert (Ck : forall k z, c <= z <= d -> continuous (fun z => k * q z) z).
  { intros k z Hz. apply (continuous_mult (K := R_AbsRing)); [apply continuous_const|now apply Cq]. }
  unfold interval_mass. fold f. split.
  - set (y := kept (x - del)). assert (Y : c <= y <= d) by apply kept_between. rewrite (Cut f y Cf Y).
    assert (P1 : RInt (fun z => (1 - e) * q z) c y <= RInt f c y).
    { apply RInt_le; try lra; [apply sub_integrable; auto; lra|apply sub_integrable; auto; lra|]. intros z Hz. unfold f. rewrite (Rmult_comm (1 - e)).
      apply Rmult_le_compat_l; [apply Hq|]. apply Low; [lra|]. unfold y, kept in Hz.
      assert (M : Rmin (x - del) d <= x - del) by apply Rmin_l. unfold Rmax in Hz. destruct (Rle_dec c (Rmin (x - del) d)); lra. }
    assert (P2 : 0 <= RInt f y d).
    { apply RInt_ge_0; [lra|apply sub_integrable; auto; lra|]. intros z _. apply Rmult_le_pos; [apply Hq|left; apply B]. }
    rewrite Scaled in P1 by lra. assert (P3 := Pos c y ltac:(lra) ltac:(lra) ltac:(lra)). assert (P4 := Pos y d ltac:(lra) ltac:(lra) ltac:(lra)).
    assert (P5 := Cut q y Cq Y). unfold interval_below. fold y. nra.
  - set (y := kept (x + del)). assert (Y : c <= y <= d) by apply kept_between. rewrite (Cut f y Cf Y).
    assert (P1 : RInt f c y <= RInt q c y).
    { apply RInt_le; try lra; [apply sub_integrable; auto; lra|apply sub_integrable; auto; lra|]. intros z _. unfold f.
      rewrite <- (Rmult_1_r (q z)) at 2. apply Rmult_le_compat_l; [apply Hq|left; apply B]. }
    assert (P2 : RInt f y d <= RInt (fun z => e * q z) y d).
    { apply RInt_le; try lra; [apply sub_integrable; auto; lra|apply sub_integrable; auto; lra|]. intros z Hz. unfold f. rewrite (Rmult_comm e).
      apply Rmult_le_compat_l; [apply Hq|]. apply Up; [lra|]. unfold y, kept in Hz. assert (M := Rmax_r c (Rmin (x + del) d)).
      unfold Rmin in *. destruct (Rle_dec (x + del) d); lra. }
    rewrite Scaled in P2 by lra. assert (P3 := Pos c y ltac:(lra) ltac:(lra) ltac:(lra)). assert (P4 := Pos y d ltac:(lra) ltac:(lra) ltac:(lra)).
    assert (P5 := Cut q y Cq Y). unfold interval_below. fold y. nra.
Qed.

Hypothesis Hab : a < b.
Hypothesis alpha_end : filterlim (alpha p) (at_left b) (locally 1).
Hypothesis sigma_end : filterlim (sigma p) (at_left b) (locally 0).

Lemma inside_near_the_end : at_left b (fun t => a < t < b).
Proof. unfold at_left, within. generalize (open_gt a b Hab). apply filter_imp. intros t H1 H2. now split. Qed.

(* p_t tends to the data: the mass below every x does. *)
Theorem continuous_density_mass_reaches_the_data x : filterlim (fun t => interval_mass t x) (at_left b) (locally (interval_below x)).
Proof.
  apply filterlim_locally. intros eps. assert (e2 : 0 < eps / 2) by (assert (Q := cond_pos eps); lra). set (e := eps / 2) in *.
  destruct (proj1 (filterlim_locally (F := locally x) _ _) (interval_below_continuous x) (mkposreal e e2)) as (rad & HD).
  set (del := rad / 2). assert (d0 : 0 < del) by (unfold del; assert (Q := cond_pos rad); lra).
  assert (near_below : forall y, Rabs (y - x) <= del -> Rabs (interval_below y - interval_below x) < e).
  { intros y Hy. apply (HD y). change (Rabs (y - x) < rad). unfold del in *. assert (Q := cond_pos rad). lra. }
  destruct (normal_mass_low 0 1 ltac:(lra) _ (open_lt e 0 e2)) as [M1 H1].
  destruct (normal_mass_high 0 1 ltac:(lra) _ (open_gt (1 - e) 1 ltac:(lra))) as [M2 H2].
  set (K := Rabs M1 + Rabs M2 + 1). set (far := Rmax (Rabs c) (Rabs d) + 1).
  assert (K0 : 0 < K) by (unfold K; assert (Q1 := Rabs_pos M1); assert (Q2 := Rabs_pos M2); lra).
  assert (far0 : 0 < far) by (unfold far; assert (Q1 := Rabs_pos c); assert (Q2 := Rmax_l (Rabs c) (Rabs d)); lra).
  assert (g0 : 0 < del / 2 / far) by (apply Rdiv_lt_0_compat; lra).
  assert (s0 : 0 < del / 2 / K) by (apply Rdiv_lt_0_compat; lra).
  assert (A : at_left b (fun t => Rabs (alpha p t - 1) < del / 2 / far)) by exact (alpha_end _ (locally_ball 1 (mkposreal _ g0))).
  assert (Sg : at_left b (fun t => sigma p t < del / 2 / K)) by exact (sigma_end _ (open_lt _ 0 s0)).
  generalize (filter_and _ _ inside_near_the_end (filter_and _ _ A Sg)). apply filter_imp. intros t (Ht & At & St).
  change (Rabs (interval_mass t x - interval_below x) < eps). assert (S0 : 0 < sigma p t) by apply (Hp t Ht).
  assert (SK : sigma p t * K < del / 2).
  { apply (Rmult_lt_compat_r K) in St; [|exact K0]. replace (del / 2 / K * K) with (del / 2) in St by (field; lra). exact St. }
  assert (drift : forall z, c <= z <= d -> - (del / 2) <= (1 - alpha p t) * z <= del / 2).
  { intros z Hz. apply Rabs_le_between. rewrite Rabs_mult, (Rabs_minus_sym 1).
    assert (Zb : Rabs z <= far).
    { unfold far. assert (Q1 := Rmax_l (Rabs c) (Rabs d)). assert (Q2 := Rmax_r (Rabs c) (Rabs d)). assert (X := Rle_abs d).
      assert (Y := Rle_abs (- c)). rewrite Rabs_Ropp in Y. apply Rabs_le. lra. }
    apply Rle_trans with (del / 2 / far * far); [apply Rmult_le_compat; try apply Rabs_pos; lra|right; field; lra]. }
  assert (B1 := near_below (x - del) ltac:(apply Rabs_le; lra)). assert (B2 := near_below (x + del) ltac:(apply Rabs_le; lra)).
  apply Rabs_def2 in B1, B2.
  assert (G : interval_below (x - del) - e <= interval_mass t x <= interval_below (x + del) + e).
  { apply mass_between_shifts; try lra; intros z Hz L; assert (Q := drift z Hz); rewrite normal_mass_standard by exact S0;
      assert (V : 0 < / sigma p t) by now apply Rinv_0_lt_compat.
    - left. apply H1. assert (Q1 := Rle_abs (- M1)). rewrite Rabs_Ropp in Q1. assert (Q2 := Rabs_pos M2).
      apply Rmult_lt_reg_r with (sigma p t); [exact S0|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra.
      assert (- (sigma p t * K) <= M1 * sigma p t) by (unfold K; nra). lra.
    - left. apply H2. assert (Q1 := Rle_abs M2). assert (Q2 := Rabs_pos M1).
      apply Rmult_lt_reg_r with (sigma p t); [exact S0|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra.
      assert (M2 * sigma p t <= sigma p t * K) by (unfold K; nra). lra. }
  unfold e in *. apply Rabs_def1; lra.
Qed.

(* Sampling reaches a continuous q: through every noise point y passes a trajectory of the marginal field, and it ends at
   the quantile of the data that has the level of y among the noise. *)
Theorem noise_becomes_continuous_data y x : a < 0 < b -> alpha p 0 = 0 -> sigma p 0 = 1 ->
  (forall z, z < x -> interval_below z < normal_mass 0 1 y) -> (forall z, x < z -> normal_mass 0 1 y < interval_below z) ->
  let X t := line_flow interval_mass 0 t y in
  X 0 = y /\ follows (marginal_velocity_int c d N u q) a b X /\ filterlim X (at_left b) (locally x).
Proof.
  intros H0 A S L U X. assert (F := continuous_density_mass_flows). destruct (flow_exists _ _ _ a b F 0 y H0) as (E1 & E2).
  split; [exact E1|split; [exact E2|]].
  assert (noise : interval_mass 0 y = normal_mass 0 1 y).
  { unfold interval_mass. rewrite A, S. transitivity (RInt (fun z => normal_mass 0 1 y * q z) c d).
    - apply RInt_ext. intros z _. rewrite Rmult_0_l. apply Rmult_comm.
    - transitivity (normal_mass 0 1 y * RInt q c d).
      + apply (RInt_scal (V := R_CompleteNormedModule) q c d). exists 1. exact Hq1.
      + rewrite (is_RInt_unique _ _ _ _ Hq1). ring. }
  apply (trajectories_end_at_the_quantile _ _ _ a b F X interval_below (interval_mass 0 y) x Hab).
  - intros t Ht. exact (flow_keeps_the_mass_below _ _ _ a b F 0 t y H0 Ht).
  - intros eps He. exists (x - eps / 2). split; [lra|]. split; [rewrite noise; apply L; lra|apply continuous_density_mass_reaches_the_data].
  - intros eps He. exists (x + eps / 2). split; [lra|]. split; [rewrite noise; apply U; lra|apply continuous_density_mass_reaches_the_data].
Qed.
End Interval.
