(* The normal density integrates to 1 over the line, with mean m and variance s^2. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation Gaussian ConditionalField.
Open Scope R_scope.

Definition e2 (t : R) := exp (- (t * t)).
Definition I0 (x : R) := RInt e2 0 x.
Definition h (x s : R) := exp (- ((x * x) * (1 + s * s))) * / (1 + s * s).
Definition G (x : R) := RInt (fun s => h x s) 0 1.

Lemma e2_cont t : continuous e2 t.
Proof. apply (ex_derive_continuous (V := R_NormedModule)). unfold e2. auto_derive. easy. Qed.

Lemma e2_int a b : ex_RInt e2 a b.
Proof. apply (ex_RInt_continuous (V := R_CompleteNormedModule)). intros z _. apply e2_cont. Qed.

Lemma I0_derive x : is_derive I0 x (e2 x).
Proof.
  apply (is_derive_RInt e2 I0 0 x).
  - apply filter_forall. intros y. apply (RInt_correct (V := R_CompleteNormedModule)), e2_int.
  - apply e2_cont.
Qed.

Lemma pos1 s : 1 + s * s <> 0.
Proof. nra. Qed.

Lemma h_derive x s : is_derive (fun x => h x s) x (- 2 * x * exp (- ((x * x) * (1 + s * s)))).
Proof. unfold h. auto_derive; [easy|]. field. apply pos1. Qed.

Lemma h_int x : ex_RInt (fun s => h x s) 0 1.
Proof.
  apply (ex_RInt_continuous (V := R_CompleteNormedModule)). intros z _.
  apply (ex_derive_continuous (V := R_NormedModule)). unfold h. auto_derive. apply pos1.
Qed.

Lemma G_derive x : is_derive G x (RInt (fun s => - 2 * x * exp (- ((x * x) * (1 + s * s)))) 0 1).
Proof.
  unfold G. eapply is_derive_eq.
  - apply (is_derive_RInt_param h 0 1 x).
    + apply filter_forall. intros y s _. eexists. apply h_derive.
    + intros s _. apply continuity_2d_pt_ext with (fun u v => - 2 * u * exp (- ((u * u) * (1 + v * v)))).
      * intros u v. symmetry. apply Derive_value, h_derive.
      * apply continuity_2d_pt_mult; [|apply c2_exp]; c2.
    + apply filter_forall. intros y. apply h_int.
  - apply RInt_ext. intros s _. apply Derive_value, h_derive.
Qed.

Lemma G_derive_val x : RInt (fun s => - 2 * x * exp (- ((x * x) * (1 + s * s)))) 0 1 = - 2 * e2 x * I0 x.
Proof.
  unfold I0.
  assert (C : RInt (fun s => x * e2 (x * s + 0)) 0 1 = RInt e2 0 x).
  { etransitivity; [exact (RInt_comp_lin (V := R_CompleteNormedModule) e2 x 0 0 1 (e2_int _ _))|].
    f_equal; ring. }
  rewrite <- C.
  assert (X : ex_RInt (fun s => x * e2 (x * s + 0)) 0 1).
  { apply (ex_RInt_continuous (V := R_CompleteNormedModule)). intros z _.
    apply (ex_derive_continuous (V := R_NormedModule)). unfold e2. auto_derive. easy. }
  transitivity (RInt (fun s => (- 2 * e2 x) * (x * e2 (x * s + 0))) 0 1).
  - apply RInt_ext. intros s _. unfold e2.
    replace (- (x * x * (1 + s * s))) with (- (x * x) + - ((x * s + 0) * (x * s + 0))) by ring.
    rewrite exp_plus. set (p := exp _). set (r := exp _).
    change (- 2 * x * (p * r) = - 2 * p * (x * r)). ring.
  - exact (RInt_scal (V := R_CompleteNormedModule) _ 0 1 (- 2 * e2 x) X).
Qed.

Lemma atan_D s : Derive atan s = / (1 + s * s).
Proof.
  apply Derive_value, is_derive_Reals. replace (1 + s * s) with (1 + s ^ 2) by ring.
  apply derivable_pt_lim_atan.
Qed.

Lemma const_FG x : I0 x * I0 x + G x = PI / 4.
Proof.
  assert (D : forall y, is_derive (fun z => I0 z * I0 z + G z) y 0).
  { intros y. eapply is_derive_eq.
    - apply (is_derive_plus (fun z => I0 z * I0 z) G); [|apply G_derive].
      apply (is_derive_mult I0 I0); [apply I0_derive|apply I0_derive|intros; apply Rmult_comm].
    - rewrite G_derive_val. unfold plus, mult; simpl. ring. }
  assert (E : I0 x * I0 x + G x = I0 0 * I0 0 + G 0).
  { destruct (MVT_gen (fun z => I0 z * I0 z + G z) 0 x (fun _ => 0)) as (c & _ & Hc).
    - intros z _. apply D.
    - intros z _. apply continuity_pt_filterlim.
      apply (ex_derive_continuous (V := R_NormedModule) (fun z => I0 z * I0 z + G z)).
      exists 0. apply D.
    - lra. }
  rewrite E. unfold I0 at 1 2. rewrite RInt_point. unfold zero; simpl.
  unfold G. rewrite (RInt_ext _ (Derive atan)).
  - rewrite (RInt_Derive atan).
    + rewrite atan_1, atan_0. ring.
    + intros y _. auto_derive. easy.
    + intros y _. apply (continuous_ext (fun s => / (1 + s * s))).
      * intros s. symmetry. apply atan_D.
      * apply (ex_derive_continuous (V := R_NormedModule)). auto_derive. apply pos1.
  - intros s _. unfold h. replace (- (0 * 0 * (1 + s * s))) with 0 by ring. rewrite exp_0.
    rewrite Rmult_1_l. symmetry. apply atan_D.
Qed.

Lemma G_bound x : 0 <= G x <= e2 x.
Proof.
  assert (B : forall s, 0 <= h x s <= e2 x).
  { intros s. unfold h, e2.
    assert (P : 1 <= 1 + s * s) by nra. assert (Q := exp_pos (- (x * x * (1 + s * s)))).
    assert (V : 0 < / (1 + s * s) <= 1).
    { split; [apply Rinv_0_lt_compat; lra|]. rewrite <- Rinv_1. apply Rinv_le_contravar; lra. }
    assert (M : exp (- (x * x * (1 + s * s))) <= exp (- (x * x))).
    { destruct (Req_dec (x * s) 0) as [Z|Z].
      - right. f_equal. replace (x * x * (1 + s * s)) with (x * x + (x * s) * (x * s)) by ring. rewrite Z. ring.
      - left. apply exp_increasing. assert (0 < (x * s) * (x * s)) by nra. nra. }
    split; [apply Rmult_le_pos; lra|]. nra. }
  split.
  - apply RInt_ge_0; [lra|apply h_int|]. intros s _. apply B.
  - replace (e2 x) with (RInt (fun _ => e2 x) 0 1).
    + apply RInt_le; [lra|apply h_int|apply ex_RInt_const|]. intros s _. apply B.
    + rewrite RInt_const. unfold scal; simpl; unfold mult; simpl. ring.
Qed.

(* explicit rate: the half mass differs from sqrt(pi)/2 by an exponentially small amount *)
Theorem gauss_integral_rate x : PI / 4 - e2 x <= I0 x * I0 x <= PI / 4.
Proof. assert (A := const_FG x). assert (B := G_bound x). lra. Qed.

Lemma e2_even B : RInt e2 (- B) B = 2 * I0 B.
Proof.
  assert (L : RInt e2 (- B) 0 = I0 B).
  { assert (K := RInt_comp_lin (V := R_CompleteNormedModule) e2 (-1) 0 B 0 (e2_int _ _)).
    replace (-1 * B + 0) with (- B) in K by ring. replace (-1 * 0 + 0) with 0 in K by ring.
    rewrite <- K. unfold I0. rewrite <- (opp_RInt_swap (V := R_CompleteNormedModule) e2 B 0 (e2_int _ _)).
    rewrite <- (RInt_opp (V := R_CompleteNormedModule) e2 B 0 (e2_int _ _)).
    apply RInt_ext. intros s _. unfold scal, opp; simpl; unfold mult; simpl. unfold e2.
    replace (- ((-1 * s + 0) * (-1 * s + 0))) with (- (s * s)) by ring.
    set (r := exp _). change (-1 * r = - r). ring. }
  rewrite <- (RInt_Chasles (V := R_CompleteNormedModule) e2 (- B) 0 B (e2_int _ _) (e2_int _ _)).
  rewrite L. fold (I0 B). change (I0 B + I0 B = 2 * I0 B). ring.
Qed.

Lemma gauss01_e2 y : gauss 0 1 y = / sqrt 2 * (/ sqrt PI * e2 (/ sqrt 2 * y + 0)).
Proof.
  assert (P := PI_RGT_0).
  assert (S : / sqrt 2 * / sqrt 2 = / 2) by (rewrite <- Rinv_mult, sqrt_sqrt; lra).
  unfold gauss, e2. rewrite sqrt_mult by lra.
  replace (- ((/ sqrt 2 * y + 0) * (/ sqrt 2 * y + 0))) with (- (y - 0)^2 / (2 * 1^2)).
  - set (p := exp _). unfold Rdiv. rewrite Rmult_1_r, Rinv_mult. ring.
  - replace ((/ sqrt 2 * y + 0) * (/ sqrt 2 * y + 0)) with ((/ sqrt 2 * / sqrt 2) * (y * y)) by ring.
    rewrite S. field.
Qed.

(* the mass within A standard deviations, with an explicit rate *)
Theorem gauss_mass (m s A : R) : 0 < s -> 
  let M := RInt (gauss m s) (m - s * A) (m + s * A) in
  1 - 4 / PI * exp (- (A * A) / 2) <= M * M <= 1.
Proof.
  intros Hs M. assert (P := PI_RGT_0).
  assert (Q : 0 < sqrt PI) by (apply sqrt_lt_R0; lra).
  assert (S : / sqrt 2 * / sqrt 2 = / 2) by (rewrite <- Rinv_mult, sqrt_sqrt; lra).
  assert (E : M = 2 * / sqrt PI * I0 (/ sqrt 2 * A)).
  { unfold M.
    assert (K := flow_preserves_mass (fun _ => m) (fun _ => s) 0 (- A) A (Rgt_not_eq _ _ Hs)).
    unfold axis_flow in K. replace (s * - A + m) with (m - s * A) in K by ring.
    replace (s * A + m) with (m + s * A) in K by ring. rewrite K.
    rewrite (RInt_ext _ (fun y => / sqrt 2 * (/ sqrt PI * e2 (/ sqrt 2 * y + 0))))
      by (intros y _; apply gauss01_e2).
    assert (X : ex_RInt (fun y => / sqrt PI * e2 y) (/ sqrt 2 * - A + 0) (/ sqrt 2 * A + 0)).
    { apply (ex_RInt_scal (V := R_CompleteNormedModule) e2). apply e2_int. }
    etransitivity; [exact (RInt_comp_lin (V := R_CompleteNormedModule) _ (/ sqrt 2) 0 (- A) A X)|].
    etransitivity; [exact (RInt_scal (V := R_CompleteNormedModule) e2 _ _ (/ sqrt PI) (e2_int _ _))|].
    replace (/ sqrt 2 * - A + 0) with (- (/ sqrt 2 * A)) by ring.
    rewrite Rplus_0_r, e2_even. unfold scal; simpl; unfold mult; simpl. ring. }
  assert (R := gauss_integral_rate (/ sqrt 2 * A)).
  set (J := I0 (/ sqrt 2 * A)) in *.
  assert (T : M * M = 4 / PI * (J * J)).
  { rewrite E. replace (2 * / sqrt PI * J * (2 * / sqrt PI * J))
      with (4 * / (sqrt PI * sqrt PI) * (J * J)) by (rewrite Rinv_mult; ring).
    rewrite sqrt_sqrt by lra. reflexivity. }
  assert (U : e2 (/ sqrt 2 * A) = exp (- (A * A) / 2)).
  { unfold e2. f_equal.
    replace (/ sqrt 2 * A * (/ sqrt 2 * A)) with ((/ sqrt 2 * / sqrt 2) * (A * A)) by ring.
    rewrite S. field. }
  rewrite U in R. rewrite T.
  assert (V : 0 < 4 / PI) by (apply Rdiv_lt_0_compat; lra).
  assert (W : 4 / PI * (PI / 4) = 1) by (field; lra).
  split; nra.
Qed.

(* ---------- the whole line ---------- *)
Definition over_the_line (f : R -> R) (l : R) :=
  is_RInt_gen f (Rbar_locally m_infty) (Rbar_locally p_infty) l.

Lemma over_the_line_ext (f g : R -> R) (l : R) : (forall x, f x = g x) -> over_the_line f l -> over_the_line g l.
Proof.
  intros E H. unfold over_the_line in *. apply is_RInt_gen_ext with f; [|exact H].
  apply filter_forall. intros ab x _. apply E.
Qed.

Lemma over_the_line_factor (f : R -> R) (c l : R) : over_the_line f l -> over_the_line (fun x => c * f x) (c * l).
Proof. exact (is_RInt_gen_scal (V := R_NormedModule) f c l). Qed.

Lemma exp_ge_1_plus y : 1 + y <= exp y.
Proof.
  destruct (Req_dec y 0) as [->|N]; [rewrite exp_0; lra|].
  apply Rlt_le, exp_ineq1. exact N.
Qed.

Lemma e2_bound x : e2 x <= / (1 + x * x).
Proof.
  unfold e2. rewrite exp_Ropp. apply Rinv_le_contravar; [nra|]. apply exp_ge_1_plus.
Qed.

Lemma inv_small x eps : 0 < eps -> / eps < x -> x * / (1 + x * x) < eps.
Proof.
  intros He Hx. assert (I := Rinv_0_lt_compat _ He). assert (X : 0 < x) by lra.
  apply Rmult_lt_reg_r with (1 + x * x); [nra|].
  rewrite Rmult_assoc, Rinv_l by nra.
  assert (1 < eps * x) by (apply Rmult_lt_reg_l with (/ eps); [easy|];
    rewrite <- Rmult_assoc, Rinv_l by lra; lra). nra.
Qed.

Lemma xe2_lim : is_lim (fun x => x * e2 x) p_infty 0.
Proof.
  apply is_lim_spec. intros eps. exists (/ eps). intros x Hx.
  assert (He := cond_pos eps). assert (I := Rinv_0_lt_compat _ He).
  assert (B := e2_bound x). assert (P : 0 < e2 x) by apply exp_pos.
  assert (S := inv_small x eps He Hx). rewrite Rminus_0_r, Rabs_right by nra. nra.
Qed.

Lemma e2_lim : is_lim e2 p_infty 0.
Proof.
  apply is_lim_spec. intros eps. exists (Rmax 1 (/ eps)). intros x Hx.
  assert (X1 := Rmax_l 1 (/ eps)). assert (X2 := Rmax_r 1 (/ eps)).
  assert (He := cond_pos eps).
  assert (B := e2_bound x). assert (P : 0 < e2 x) by apply exp_pos.
  assert (S := inv_small x eps He ltac:(lra)).
  assert (I := Rinv_0_lt_compat (1 + x * x) ltac:(nra)).
  rewrite Rminus_0_r, Rabs_right by lra. nra.
Qed.

Lemma I0_nonneg x : 0 <= x -> 0 <= I0 x.
Proof.
  intros H. apply RInt_ge_0; [easy|apply e2_int|]. intros y _. apply Rlt_le, exp_pos.
Qed.

Lemma I0_lim : is_lim I0 p_infty (sqrt PI / 2).
Proof.
  assert (P := PI_RGT_0). assert (Q := sqrt_lt_R0 PI P). assert (S := sqrt_sqrt PI (Rlt_le _ _ P)).
  set (c := sqrt PI / 2). assert (C0 : 0 < c) by (unfold c; lra).
  assert (CC : c * c = PI / 4) by (unfold c; transitivity (sqrt PI * sqrt PI / 4); [field|rewrite S; field]).
  apply is_lim_spec. intros eps.
  assert (He : 0 < eps * c) by (apply Rmult_lt_0_compat; [apply cond_pos|easy]).
  destruct (proj2 (is_lim_spec e2 p_infty 0) e2_lim (mkposreal _ He)) as [M HM].
  exists (Rmax 0 M). intros x Hx. assert (X0 := Rmax_l 0 M). assert (X1 := Rmax_r 0 M).
  assert (B := HM x ltac:(lra)). simpl in B. rewrite Rminus_0_r in B.
  assert (E0 : 0 < e2 x) by apply exp_pos. rewrite Rabs_right in B by lra.
  assert (R := gauss_integral_rate x). assert (N := I0_nonneg x ltac:(lra)).
  rewrite <- CC in R. set (i := I0 x) in *. set (e := pos eps) in *.
  assert (U : i <= c) by (apply Rnot_lt_le; intro; nra).
  assert (W : 0 <= (c - i) * i) by (apply Rmult_le_pos; lra).
  assert (L : c - i < e) by (apply Rmult_lt_reg_r with c; [easy|]; lra).
  assert (E1 : 0 < e) by apply cond_pos. apply Rabs_def1; lra.
Qed.

Lemma I0_odd x : I0 (- x) = - I0 x.
Proof.
  assert (E := e2_even x). unfold I0 in *.
  rewrite <- (RInt_Chasles (V := R_CompleteNormedModule) e2 (- x) 0 x (e2_int _ _) (e2_int _ _)) in E.
  rewrite <- (opp_RInt_swap (V := R_CompleteNormedModule) e2 (- x) 0 (e2_int _ _)) .
  unfold plus, opp in *; simpl in *. lra.
Qed.

Lemma lim_odd (f : R -> R) (l : R) : (forall x, f (- x) = - f x) ->
  is_lim f p_infty l -> is_lim f m_infty (- l).
Proof.
  intros O H. apply is_lim_spec. intros eps.
  destruct (proj2 (is_lim_spec f p_infty l) H eps) as [M HM]. exists (- M). intros x Hx.
  specialize (HM (- x) ltac:(lra)). rewrite O in HM.
  replace (f x - - l) with (- (- f x - l)) by ring. now rewrite Rabs_Ropp.
Qed.

Lemma lim_even (f : R -> R) (l : R) : (forall x, f (- x) = f x) ->
  is_lim f p_infty l -> is_lim f m_infty l.
Proof.
  intros O H. apply is_lim_spec. intros eps.
  destruct (proj2 (is_lim_spec f p_infty l) H eps) as [M HM]. exists (- M). intros x Hx.
  specialize (HM (- x) ltac:(lra)). now rewrite O in HM.
Qed.

Lemma lim_times (f : R -> R) (c l : R) (F : (R -> Prop) -> Prop) :
  filterlim f F (locally l) -> filterlim (fun x => c * f x) F (locally (c * l)).
Proof.
  intros H. apply (filterlim_comp _ _ _ f (fun y => c * y) F (locally l)); [exact H|].
  exact (filterlim_scal_r (K := R_AbsRing) (V := R_NormedModule) c l).
Qed.

Lemma lim_sum (f g : R -> R) (a b : R) (F : (R -> Prop) -> Prop) : Filter F ->
  filterlim f F (locally a) -> filterlim g F (locally b) ->
  filterlim (fun x => f x + g x) F (locally (a + b)).
Proof.
  intros FF Hf Hg. eapply filterlim_comp_2; [exact Hf|exact Hg|].
  exact (filterlim_plus (K := R_AbsRing) (V := R_NormedModule) a b).
Qed.

Section Line.
Variables m s : R.
Hypothesis Hs : 0 < s.
Let k := s * sqrt 2.
Let z (x : R) := (x - m) / k.

Lemma k_pos : 0 < k.
Proof. assert (0 < sqrt 2) by (apply sqrt_lt_R0; lra). unfold k. nra. Qed.

Lemma z_to_p : filterlim z (Rbar_locally p_infty) (Rbar_locally p_infty).
Proof.
  intros P [M HM]. exists (m + k * M). intros x Hx. apply HM. unfold z.
  assert (K := k_pos). apply Rmult_lt_reg_r with k; [easy|].
  replace ((x - m) / k * k) with (x - m) by (field; lra). lra.
Qed.

Lemma z_to_m : filterlim z (Rbar_locally m_infty) (Rbar_locally m_infty).
Proof.
  intros P [M HM]. exists (m + k * M). intros x Hx. apply HM. unfold z.
  assert (K := k_pos). apply Rmult_lt_reg_r with k; [easy|].
  replace ((x - m) / k * k) with (x - m) by (field; lra). lra.
Qed.

Lemma gauss_as_e2 x : gauss m s x = / sqrt PI * / k * e2 (z x).
Proof.
  assert (P := PI_RGT_0). assert (K := k_pos). assert (S2 : sqrt 2 * sqrt 2 = 2) by (apply sqrt_sqrt; lra).
  assert (Q2 : 0 < sqrt 2) by (apply sqrt_lt_R0; lra).
  assert (QP : 0 < sqrt PI) by (apply sqrt_lt_R0; lra).
  unfold gauss, e2. rewrite sqrt_mult by lra.
  replace (- (z x * z x)) with (- (x - m)^2 / (2 * s^2)).
  - unfold k. field. lra.
  - unfold z, k. replace (2 * s ^ 2) with (s * s * (sqrt 2 * sqrt 2)) by (rewrite S2; ring).
    field. lra.
Qed.

(* A primitive of the density, with limits -1/2 and 1/2. *)
Definition half_cdf (x : R) := / sqrt PI * I0 (z x).

Lemma half_cdf_derive x : is_derive half_cdf x (gauss m s x).
Proof.
  assert (K := k_pos). rewrite gauss_as_e2. unfold half_cdf. eapply is_derive_eq.
  - apply (is_derive_scal (fun x => I0 (z x))).
    apply (is_derive_comp I0 z); [apply I0_derive|].
    unfold z. instantiate (1 := / k). auto_derive; [easy|]. field. lra.
  - unfold scal; simpl; unfold mult; simpl. ring.
Qed.

Lemma lim_scaled (f : R -> R) (c l : R) (F G : (R -> Prop) -> Prop) :
  filterlim z F G -> filterlim f G (locally l) ->
  filterlim (fun x => c * f (z x)) F (locally (c * l)).
Proof. intros Hz Hf. apply (lim_times (fun x => f (z x))). exact (filterlim_comp _ _ _ z f F G _ Hz Hf). Qed.

Lemma half_value : / sqrt PI * (sqrt PI / 2) = 1 / 2.
Proof. assert (0 < sqrt PI) by (apply sqrt_lt_R0, PI_RGT_0). field. lra. Qed.

Lemma half_cdf_lim_p : filterlim half_cdf (Rbar_locally p_infty) (locally (1 / 2)).
Proof. rewrite <- half_value. exact (lim_scaled I0 _ _ _ _ z_to_p I0_lim). Qed.

Lemma half_cdf_lim_m : filterlim half_cdf (Rbar_locally m_infty) (locally (- (1 / 2))).
Proof.
  rewrite <- half_value. rewrite Ropp_mult_distr_r.
  exact (lim_scaled I0 _ _ _ _ z_to_m (lim_odd _ _ I0_odd I0_lim)).
Qed.

Lemma e2_even_fun x : e2 (- x) = e2 x.
Proof. unfold e2. f_equal. ring. Qed.

Lemma gauss_lim_p : filterlim (gauss m s) (Rbar_locally p_infty) (locally 0).
Proof.
  apply filterlim_ext with (fun x => / sqrt PI * / k * e2 (z x)); [intros; now rewrite gauss_as_e2|].
  replace 0 with (/ sqrt PI * / k * 0) by ring. exact (lim_scaled e2 _ _ _ _ z_to_p e2_lim).
Qed.

Lemma gauss_lim_m : filterlim (gauss m s) (Rbar_locally m_infty) (locally 0).
Proof.
  apply filterlim_ext with (fun x => / sqrt PI * / k * e2 (z x)); [intros; now rewrite gauss_as_e2|].
  replace 0 with (/ sqrt PI * / k * 0) by ring.
  exact (lim_scaled e2 _ _ _ _ z_to_m (lim_even _ _ e2_even_fun e2_lim)).
Qed.

Lemma xgauss_form x : (x - m) * gauss m s x = / sqrt PI * (z x * e2 (z x)).
Proof.
  assert (K := k_pos). assert (Q := sqrt_lt_R0 PI PI_RGT_0). rewrite gauss_as_e2.
  assert (E : x - m = k * z x) by (unfold z; field; lra).
  rewrite E. set (y := z x). clearbody y. field. lra.
Qed.

Lemma xgauss_lim_p : filterlim (fun x => (x - m) * gauss m s x) (Rbar_locally p_infty) (locally 0).
Proof.
  apply filterlim_ext with (fun x => / sqrt PI * (z x * e2 (z x))); [intros; now rewrite xgauss_form|].
  replace 0 with (/ sqrt PI * 0) by ring. exact (lim_scaled (fun y => y * e2 y) _ _ _ _ z_to_p xe2_lim).
Qed.

Lemma xgauss_lim_m : filterlim (fun x => (x - m) * gauss m s x) (Rbar_locally m_infty) (locally 0).
Proof.
  apply filterlim_ext with (fun x => / sqrt PI * (z x * e2 (z x))); [intros; now rewrite xgauss_form|].
  replace 0 with (/ sqrt PI * - 0) by ring.
  apply (lim_scaled (fun y => y * e2 y) _ _ _ _ z_to_m).
  apply (lim_odd (fun y => y * e2 y)); [|exact xe2_lim].
  intros y. rewrite e2_even_fun. ring.
Qed.

Lemma by_primitive (F f : R -> R) (la lb : R) :
  (forall x, is_derive F x (f x)) -> (forall x, continuous f x) ->
  filterlim F (Rbar_locally m_infty) (locally la) -> filterlim F (Rbar_locally p_infty) (locally lb) ->
  over_the_line f (lb - la).
Proof.
  intros D C Ha Hb. unfold over_the_line.
  apply is_RInt_gen_ext with (Derive F).
  - apply filter_forall. intros ab x _. apply Derive_value, D.
  - apply (is_RInt_gen_Derive F la lb); [| |exact Ha|exact Hb].
    + apply filter_forall. intros ab x _. eexists. apply D.
    + apply filter_forall. intros ab x _.
      apply continuous_ext with f; [intros y; symmetry; apply Derive_value, D|apply C].
Qed.

Lemma gauss_cont x : continuous (gauss m s) x.
Proof. apply gauss_continuous. lra. Qed.

(* integral N(x; m, s^2) dx = 1 over the whole line. *)
Theorem gauss_total : over_the_line (gauss m s) 1.
Proof.
  replace 1 with (1 / 2 - - (1 / 2)) by field.
  exact (by_primitive half_cdf (gauss m s) _ _ half_cdf_derive gauss_cont half_cdf_lim_m half_cdf_lim_p).
Qed.

Lemma centred_cont x : continuous (fun y => (y - m) * gauss m s y) x.
Proof.
  apply (ex_derive_continuous (V := R_NormedModule)). apply (ex_derive_mult (fun y => y - m)).
  - auto_derive. easy.
  - eexists. apply gauss_derive_x. lra.
Qed.

Lemma centred_zero : over_the_line (fun x => (x - m) * gauss m s x) 0.
Proof.
  replace 0 with (- (s * s) * 0 - - (s * s) * 0) by ring.
  apply (by_primitive (fun x => - (s * s) * gauss m s x)).
  - intros x. eapply is_derive_eq.
    + apply (is_derive_scal (gauss m s)). apply gauss_derive_x. lra.
    + field. lra.
  - exact centred_cont.
  - apply lim_times, gauss_lim_m.
  - apply lim_times, gauss_lim_p.
Qed.

(* An affine function has the mean of its values: E[a + b x] = a + b m. *)
Theorem gauss_mean a b : over_the_line (fun x => (a + b * x) * gauss m s x) (a + b * m).
Proof.
  unfold over_the_line.
  apply is_RInt_gen_ext with
    (fun x => plus (scal (a + b * m) (gauss m s x)) (scal b ((x - m) * gauss m s x))).
  { apply filter_forall. intros ab x _. unfold plus, scal; simpl; unfold mult; simpl. ring. }
  refine (eq_ind (plus (scal (a + b * m) 1) (scal b 0)) (fun l => is_RInt_gen _ _ _ l) _ _ _);
    [|unfold plus, scal; simpl; unfold mult; simpl; ring].
  apply (is_RInt_gen_plus (V := R_NormedModule)); apply (is_RInt_gen_scal (V := R_NormedModule)).
  - exact gauss_total.
  - exact centred_zero.
Qed.

(* E[(x - m)^2] = s^2. *)
Theorem gauss_variance : over_the_line (fun x => (x - m) * (x - m) * gauss m s x) (s * s).
Proof.
  replace (s * s) with ((- (s * s) * 0 + s * s * (1 / 2)) - (- (s * s) * 0 + s * s * (- (1 / 2)))) by field.
  apply (by_primitive (fun x => - (s * s) * ((x - m) * gauss m s x) + s * s * half_cdf x)).
  - intros x. eapply is_derive_eq.
    + apply (is_derive_plus (fun x => - (s * s) * ((x - m) * gauss m s x)) (fun x => s * s * half_cdf x)).
      * apply (is_derive_scal (fun x => (x - m) * gauss m s x)).
        apply (is_derive_mult (fun x => x - m) (gauss m s)).
        -- instantiate (1 := 1). auto_derive; [easy|ring].
        -- apply gauss_derive_x. lra.
        -- intros; apply Rmult_comm.
      * apply (is_derive_scal half_cdf). apply half_cdf_derive.
    + unfold plus, mult; simpl. field. lra.
  - intros x. apply (continuous_ext (fun y => (y - m) * ((y - m) * gauss m s y))).
    + intros y. apply eq_sym, Rmult_assoc.
    + apply (continuous_mult (K := R_AbsRing) (fun y => y - m) (fun y => (y - m) * gauss m s y)).
      * apply (ex_derive_continuous (V := R_NormedModule)). auto_derive. easy.
      * apply centred_cont.
  - apply lim_sum; [apply Rbar_locally_filter| |]; apply lim_times; [exact xgauss_lim_m|exact half_cdf_lim_m].
  - apply lim_sum; [apply Rbar_locally_filter| |]; apply lim_times; [exact xgauss_lim_p|exact half_cdf_lim_p].
Qed.
End Line.
